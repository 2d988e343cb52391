/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "street.h"

enum { COLUMNS = 32, LINE = 4096 };
enum { NO, NAME, KIND, ADDRESS, UPLINK, SERVICES, HEADS };
static const char *const heads[HEADS] = {"资产编号", "设备名称", "设备类别",
                                         "IP地址",   "上联设备", "服务"};

/* Splits one CSV line in place (RFC 4180, without line feeds inside cells). */
static int split(char *line, char *cells[COLUMNS])
{
    int n = 0;
    char *p = line;
    while (n < COLUMNS) {
        char *to = p;
        bool quoted = *p == '"';
        cells[n++] = p;
        if (quoted) {
            for (p++; *p && (*p != '"' || p[1] == '"'); p++) {
                if (*p == '"')
                    p++;
                *to++ = *p;
            }
            p += *p == '"';
        } else {
            while (*p && *p != ',' && *p != '\r' && *p != '\n')
                *to++ = *p++;
        }
        bool more = *p == ',';
        p += more;
        *to = 0;
        if (!more)
            break;
    }
    return n;
}

static bool add_service(struct device *d, const char *word)
{
    static const char *const talks[] = {"rtsp", "http", "ssh", "sip", "raw"};
    char name[16];
    int port;
    if (d->n_services == MAX_SERVICES || sscanf(word, "%15[a-z]:%5d", name, &port) != 2 ||
        port < 1 || port > 65535)
        return false;
    for (int t = 0; t < 5; t++)
        if (strcmp(name, talks[t]) == 0) {
            d->services[d->n_services++] = (struct service){
                .device = d, .talk = (enum talk)t, .port = port, .tcp = -1, .udp = -1};
            return true;
        }
    return false;
}

static bool fill(struct street *s, struct device *d, char *const cell[HEADS])
{
    char *save = NULL;
    snprintf(d->no, sizeof d->no, "%s", cell[NO]);
    snprintf(d->name, sizeof d->name, "%s", cell[NAME]);
    snprintf(d->kind, sizeof d->kind, "%s", cell[KIND]);
    snprintf(d->uplink_no, sizeof d->uplink_no, "%s", cell[UPLINK]);
    if (!d->no[0] || inet_pton(AF_INET, cell[ADDRESS], &d->address) != 1)
        return false;
    uint32_t host = ntohl(d->address.s_addr);
    if (host >> 16 != (198u << 8 | 18u)) /* never an address that could be somebody's */
        return false;
    if (s->loopback)
        d->address.s_addr = htonl((host & 0x00FFFFFF) | 127u << 24);
    for (char *w = strtok_r(cell[SERVICES], " ", &save); w; w = strtok_r(NULL, " ", &save))
        if (!add_service(d, w))
            return false;
    return true;
}

static bool read_heads(char *line, int at[HEADS])
{
    char *cells[COLUMNS];
    if (strncmp(line, "\xEF\xBB\xBF", 3) == 0)
        line += 3;
    int n = split(line, cells);
    for (int h = 0; h < HEADS; h++) {
        at[h] = -1;
        for (int i = 0; i < n; i++)
            if (strcmp(cells[i], heads[h]) == 0)
                at[h] = i;
        if (at[h] < 0) {
            fprintf(stderr, "street: the table has no column %s\n", heads[h]);
            return false;
        }
    }
    return true;
}

static bool read_row(struct street *s, char *line, const int at[HEADS])
{
    char *cells[COLUMNS], *chosen[HEADS];
    int n = split(line, cells);
    for (int h = 0; h < HEADS; h++) {
        if (at[h] >= n)
            return n == 1 && !cells[0][0]; /* a blank line */
        chosen[h] = cells[at[h]];
    }
    return s->n < MAX_DEVICES && fill(s, &s->devices[s->n], chosen) && ++s->n;
}

static bool join_uplinks(struct street *s)
{
    for (size_t i = 0; i < s->n; i++) {
        struct device *d = &s->devices[i];
        if (d->uplink_no[0] && !(d->uplink = table_find(s, d->uplink_no))) {
            fprintf(stderr, "street: %s is fed by %s, which is not in the table\n", d->no,
                    d->uplink_no);
            return false;
        }
    }
    return true;
}

bool table_read(struct street *s, const char *path)
{
    char line[LINE];
    int at[HEADS], row = 1;
    FILE *f = fopen(path, "r");
    if (!f) {
        fprintf(stderr, "street: %s: %s\n", path, strerror(errno));
        return false;
    }
    s->devices = calloc(MAX_DEVICES, sizeof *s->devices);
    bool good = s->devices && fgets(line, sizeof line, f) && read_heads(line, at);
    while (good && fgets(line, sizeof line, f)) {
        row++;
        good = read_row(s, line, at);
        if (!good)
            fprintf(stderr, "street: %s: row %d cannot be used\n", path, row);
    }
    fclose(f);
    return good && s->n > 0 && join_uplinks(s);
}

struct device *table_find(struct street *s, const char *no_or_name)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->devices[i].no, no_or_name) == 0 ||
            strcmp(s->devices[i].name, no_or_name) == 0)
            return &s->devices[i];
    return NULL;
}
