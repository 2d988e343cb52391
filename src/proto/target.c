/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/target.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum rc target_check(const char *path, struct err *e)
{
    struct stat st;
    if (stat(path, &st) != 0 || S_ISREG(st.st_mode))
        return RC_OK;
    return fail(e, RC_INVALID, "file", "{path} 不是普通文件，请另选一个文件名",
                "{path} is not a regular file; choose another name", "path", path, NULL);
}

enum rc target_fail(int error, struct err *e)
{
    if (error == ENOSPC || error == EDQUOT || error == EFBIG)
        return fail(e, RC_BUSY, NULL, "磁盘已满，文件没有写成。请腾出空间后重试",
                    "the disk is full, the file was not written; make room and try again", NULL);
    return fail(e, RC_INTERNAL, NULL, "写文件失败：{detail}", "writing the file failed: {detail}",
                "detail", strerror(error), NULL);
}
