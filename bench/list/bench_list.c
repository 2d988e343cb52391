/* SPDX-License-Identifier: Apache-2.0 */
/* bench_list DB PORT COOKIE PATH TIMES PID SQL…: by turns the SQL statements through SQLite's own API (prepared once, all
 * columns read) and GET PATH over one kept connection; prints p50 and p95 of both in ms, of wall and of
 * processor time (ours: of the process PID), and the reply's size. */
#include <arpa/inet.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now_ms(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void give_up(const char *why)
{
    fprintf(stderr, "bench_list: %s\n", why);
    exit(1);
}

static long run_sql(sqlite3_stmt **s, int n)
{
    long bytes = 0;
    int code = SQLITE_DONE;
    for (int i = 0; i < n && code == SQLITE_DONE; i++) {
        while ((code = sqlite3_step(s[i])) == SQLITE_ROW)
            for (int c = 0; c < sqlite3_column_count(s[i]); c++) {
                const unsigned char *text = sqlite3_column_text(s[i], c);
                bytes += text ? (long)strlen((const char *)text) : 0;
            }
        sqlite3_reset(s[i]);
    }
    if (code != SQLITE_DONE)
        give_up("the SQL failed");
    return bytes;
}

static long run_http(int fd, const char *ask)
{
    static char buf[1 << 22];
    size_t have = 0, want = 0, n = strlen(ask);
    if (write(fd, ask, n) != (ssize_t)n)
        give_up("cannot write");
    while (!want || have < want) {
        ssize_t got = read(fd, buf + have, sizeof buf - 1 - have);
        if (got <= 0)
            give_up("the connection ended");
        have += (size_t)got;
        buf[have] = 0;
        char *head = strstr(buf, "\r\n\r\n"), *length = strcasestr(buf, "content-length:");
        if (head && !want && length)
            want = (size_t)(head + 4 - buf) + (size_t)atol(length + 15);
        if (head && !length)
            give_up("no content-length");
    }
    if (strncmp(buf, "HTTP/1.1 200", 12) != 0)
        give_up(buf);
    return (long)want;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    sqlite3 *db;
    sqlite3_stmt *s[8];
    static double sql[100000], http[100000], sql_cpu[100000], http_cpu[100000];
    clockid_t web;
    static char ask[8192];
    int n_sql = argc - 7, times = argc > 7 ? atoi(argv[5]) : 0;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (times < 1 || times > 100000 || n_sql > 8)
        give_up("usage: bench_list DB PORT COOKIE PATH TIMES PID SQL…");
    if (clock_getcpuclockid(atoi(argv[6]), &web))
        give_up("no such process");
    if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL))
        give_up("cannot open the store");
    sqlite3_exec(db, "PRAGMA cache_size = -16384", NULL, NULL, NULL);
    for (int i = 0; i < n_sql; i++)
        if (sqlite3_prepare_v2(db, argv[7 + i], -1, &s[i], NULL))
            give_up(sqlite3_errmsg(db));
    to.sin_port = htons((unsigned short)atoi(argv[2]));
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&to, sizeof to))
        give_up("cannot connect");
    snprintf(ask, sizeof ask, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nCookie: %s\r\n\r\n", argv[4], argv[2], argv[3]);
    long bytes = 0;
    for (int i = -10; i < times; i++) { /* ten to warm up */
        double a = now_ms(CLOCK_MONOTONIC), a_cpu = now_ms(CLOCK_PROCESS_CPUTIME_ID);
        (void)run_sql(s, n_sql);
        double b = now_ms(CLOCK_MONOTONIC), b_cpu = now_ms(CLOCK_PROCESS_CPUTIME_ID), before = now_ms(web);
        bytes = run_http(fd, ask);
        double c = now_ms(CLOCK_MONOTONIC), after = now_ms(web);
        if (i >= 0)
            sql[i] = b - a, http[i] = c - b, sql_cpu[i] = b_cpu - a_cpu, http_cpu[i] = after - before;
    }
    double *all[] = {sql, http, sql_cpu, http_cpu};
    static const char *const names[] = {"sql", "http", "sql_cpu", "http_cpu"};
    for (int i = 0; i < 4; i++) {
        qsort(all[i], (size_t)times, sizeof **all, by_size);
        printf("%s\"%s_p50\":%.3f,\"%s_p95\":%.3f", i ? "," : "{", names[i], all[i][times / 2], names[i], all[i][times * 95 / 100]);
    }
    printf(",\"bytes\":%ld}\n", bytes);
    return 0;
}
