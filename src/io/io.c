/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "io/io_int.h"

/* clang-format off */
static const struct {
    int number;
    const char *zh;
} reasons[] = {
    {ENOENT, "不存在"},       {EACCES, "没有权限"},       {EPERM, "不允许"},
    {ENOSPC, "磁盘已满"},     {EDQUOT, "超出磁盘配额"},   {EROFS, "文件系统只读"},
    {ENOTDIR, "不是文件夹"},  {EISDIR, "是文件夹"},       {EEXIST, "已存在"},
    {EMFILE, "打开的文件太多"}, {ENFILE, "打开的文件太多"}, {EIO, "磁盘读写出错"},
    {ENAMETOOLONG, "名称太长"}, {ELOOP, "链接循环"},      {ENOEXEC, "不是可执行程序"},
    {ENOMEM, "内存不足"},     {EAGAIN, "系统资源不足"},   {ETXTBSY, "文件正在使用"},
};
/* clang-format on */

enum rc io_fail(struct err *e, int number, const char *zh, const char *en, const char *path)
{
    const char *why_en = strerror(number), *why_zh = why_en;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].number == number)
            why_zh = reasons[i].zh;
    return fail(e, number == ENOENT ? RC_NOT_FOUND : RC_INTERNAL, NULL, "{what_zh}{path}：{why_zh}",
                "{what_en} {path}: {why_en}", "what_zh", zh, "what_en", en, "path", path, "why_zh",
                why_zh, "why_en", why_en, NULL);
}

int io_write_all(int fd, const void *data, size_t n)
{
    const char *p = data;
    while (n > 0) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return errno;
        p += done;
        n -= (size_t)done;
    }
    return 0;
}
