/* SPDX-License-Identifier: Apache-2.0 */
/* `shouwang watch`: the monitoring process, the only writer of the watch store. */
#ifndef APP_CMD_WATCH_H
#define APP_CMD_WATCH_H

/* argv starts behind the word: --data DIR [--db URL]. Runs until SIGTERM or SIGINT. */
int cmd_watch(int argc, char **argv);

#endif
