/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/child.h"

int folder_setup(void **state)
{
    char *path = strdup("/tmp/io-test-XXXXXX");
    *state = path;
    return path && mkdtemp(path) ? 0 : -1;
}

int folder_teardown(void **state)
{
    const char *argv[] = {"rm", "-rf", "--", *state, NULL};
    struct child_spec spec = {.argv = argv};
    pid_t pid;
    int bad = child_spawn(&spec, &pid, NULL) != RC_OK || child_wait(pid, -1).code != 0;
    free(*state);
    return bad ? -1 : 0;
}

const char *in_folder(void **state, const char *name)
{
    static char text[2][256];
    static int turn;
    turn = !turn;
    snprintf(text[turn], sizeof text[turn], "%s/%s", (const char *)*state, name);
    return text[turn];
}

int read_line(int fd, char *out, size_t size)
{
    size_t n = 0;
    char c;
    while (n + 1 < size && read(fd, &c, 1) == 1) {
        if (c == '\n') {
            out[n] = '\0';
            return 1;
        }
        out[n++] = c;
    }
    out[n] = '\0';
    return n > 0;
}

int main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "--actor") == 0)
        return actor_main(argv[2], argc > 3 ? argv[3] : NULL);
    int failed = 0;
    failed += file_tests();
    failed += lock_tests();
    failed += poke_tests();
    failed += sandbox_tests();
    failed += child_tests();
    failed += supervisor_tests();
    return failed != 0;
}
