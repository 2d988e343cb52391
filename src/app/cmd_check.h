/* SPDX-License-Identifier: Apache-2.0 */
/* `shouwang check TARGET...`: one-shot probes, all at once, one JSON line each in argument order. */
#ifndef APP_CMD_CHECK_H
#define APP_CMD_CHECK_H

/* argv starts behind the word. Exit code: 0 all ok, 1 a probe failed, 2 nothing to do or a target
 * that cannot be read. */
int cmd_check(int argc, char **argv);

#endif
