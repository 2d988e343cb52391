/* SPDX-License-Identifier: Apache-2.0 */
#include "io/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "io/io_int.h"

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif

/* Without arguments to look at. exit_group ends, rt_sigreturn lets a sanitizer's handler report. */
static const int free_calls[] = {
    SCMP_SYS(read),          SCMP_SYS(write),          SCMP_SYS(lseek),        SCMP_SYS(pread64),
    SCMP_SYS(close),         SCMP_SYS(munmap),         SCMP_SYS(mremap),       SCMP_SYS(brk),
    SCMP_SYS(madvise),       SCMP_SYS(futex),          SCMP_SYS(exit),         SCMP_SYS(exit_group),
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),   SCMP_SYS(rt_sigreturn), SCMP_SYS(getrandom),
    SCMP_SYS(sched_yield),   SCMP_SYS(rt_sigprocmask), SCMP_SYS(fstat),        SCMP_SYS(getpid),
    SCMP_SYS(gettid),        SCMP_SYS(sigaltstack),
};

/* Negative errno of the first rule that is refused. */
static int add_rules(scmp_filter_ctx f)
{
    int rc = 0;
    for (size_t i = 0; i < sizeof free_calls / sizeof *free_calls && !rc; i++)
        rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, free_calls[i], 0);
    /* memory, but no code */
    if (!rc)
        rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (!rc)
        rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    /* fstat() of glibc is newfstatat(fd, "", …, AT_EMPTY_PATH) */
    if (!rc)
        rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                              SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH));
    return rc;
}

static int install_filter(void)
{
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!f)
        return ENOMEM;
    /* every thread, also one that a library has started behind our back */
    int rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1);
    if (!rc)
        rc = add_rules(f);
    if (!rc)
        rc = seccomp_load(f);
    seccomp_release(f);
    return -rc;
}

static int limit(int what, rlim_t most)
{
    return setrlimit((__rlimit_resource_t)what, &(struct rlimit){most, most}) == 0 ? 0 : errno;
}

/* At the hard limit it would be SIGKILL, which cannot be told from one of others. */
static int limit_cpu(rlim_t seconds)
{
    return setrlimit(RLIMIT_CPU, &(struct rlimit){seconds, seconds + 1}) == 0 ? 0 : errno;
}

#ifndef HAS_ASAN
/* Bytes of address space in use, by /proc/self/statm; 0 when it cannot be read. */
static size_t mapped(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    unsigned long pages = 0;
    if (!f)
        return 0;
    if (fscanf(f, "%lu", &pages) != 1)
        pages = 0;
    fclose(f);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}
#endif

static int set_limits(const struct sandbox *s)
{
    int number = limit(RLIMIT_CORE, 0);
#ifndef HAS_ASAN /* whose shadow memory is terabytes of address space */
    if (!number && s->memory)
        number = limit(RLIMIT_AS, mapped() + s->memory);
#endif
    if (!number && s->file_size)
        number = limit(RLIMIT_FSIZE, s->file_size);
    if (!number && s->cpu_seconds)
        number = limit_cpu((rlim_t)s->cpu_seconds);
    return number ? number : limit(RLIMIT_NOFILE, 3);
}

enum rc sandbox_enter(const struct sandbox *s, struct err *e)
{
    int number = prctl(PR_SET_DUMPABLE, 0) == 0 ? 0 : errno;
    if (!number)
        number = set_limits(s);
    if (!number)
        number = install_filter(); /* sets no_new_privs, too */
    return number ? io_fail(e, number, "无法进入隔离", "cannot enter the sandbox", "seccomp")
                  : RC_OK;
}
