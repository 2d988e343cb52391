/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/zip_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/log.h"

enum {
    OUT = 256 * 1024,
    IN = 64 * 1024,
    LEVEL = 1,     /* four times as fast as the usual 6, for a tenth more bytes */
    LOCAL = 30,    /* bytes of a local header before the name */
    VERSION = 20,  /* deflate */
    UTF8 = 1 << 11 /* names are UTF-8 */
};

struct zip_writer {
    int fd, error;
    uint64_t at; /* offset of the next byte, with what waits in out */
    z_stream z;
    char out[OUT], in[IN];
    size_t n_out, n_in;
    struct buf central; /* the directory so far */
    unsigned entries;
    char name[128]; /* of the open part; "" = none */
    uint64_t started, raw;
    uint32_t crc;
};

static void flush_out(struct zip_writer *z)
{
    for (size_t done = 0; done < z->n_out && !z->error;) {
        ssize_t n = write(z->fd, z->out + done, z->n_out - done);
        if (n < 0 && errno != EINTR)
            z->error = errno;
        done += n > 0 ? (size_t)n : 0;
    }
    z->n_out = 0;
}

static void put(struct zip_writer *z, const void *data, size_t n)
{
    const char *p = data;
    z->at += n;
    while (n && !z->error) {
        size_t room = OUT - z->n_out, part = n < room ? n : room;
        memcpy(z->out + z->n_out, p, part);
        z->n_out += part;
        p += part;
        n -= part;
        if (z->n_out == OUT)
            flush_out(z);
    }
}

static size_t le(unsigned char *to, uint64_t v, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        to[i] = i < sizeof v ? (unsigned char)(v >> 8 * i) : 0; /* fields of zeroes are longer */
    return bytes;
}

/* Version to extra length: 26 bytes that local header and directory have in common. Times are the
 * epoch of the format, so that the same rows make the same bytes. */
static size_t common(const struct zip_writer *z, unsigned char *to, uint64_t packed)
{
    size_t n = 0;
    n += le(to + n, VERSION, 2);
    n += le(to + n, UTF8, 2);
    n += le(to + n, Z_DEFLATED, 2);
    n += le(to + n, 0, 2);
    n += le(to + n, 0x21, 2); /* 1980-01-01 */
    n += le(to + n, z->crc, 4);
    n += le(to + n, packed, 4);
    n += le(to + n, z->raw, 4);
    n += le(to + n, strlen(z->name), 2);
    n += le(to + n, 0, 2);
    return n;
}

/* More input, or (Z_FINISH) the rest, through zlib into the file. */
static void deflate_in(struct zip_writer *z, int how)
{
    z->crc = (uint32_t)crc32(z->crc, (const Bytef *)z->in, (uInt)z->n_in);
    z->raw += z->n_in;
    z->z.next_in = (Bytef *)z->in;
    z->z.avail_in = (uInt)z->n_in;
    z->n_in = 0;
    int code = Z_OK;
    while (!z->error && (z->z.avail_in || (how == Z_FINISH && code != Z_STREAM_END))) {
        if (z->n_out == OUT)
            flush_out(z);
        z->z.next_out = (Bytef *)z->out + z->n_out;
        z->z.avail_out = (uInt)(OUT - z->n_out);
        uInt before = z->z.avail_out;
        code = deflate(&z->z, how);
        z->n_out += before - z->z.avail_out;
        z->at += before - z->z.avail_out;
    }
}

static void end_part(struct zip_writer *z)
{
    unsigned char head[46];
    if (!*z->name)
        return;
    deflate_in(z, Z_FINISH);
    flush_out(z);
    uint64_t packed = z->at - z->started - LOCAL - strlen(z->name);
    if (!z->error && (z->raw > UINT32_MAX || z->at > UINT32_MAX))
        z->error = EFBIG;
    le(head, 0x04034b50, 4);
    common(z, head + 4, packed);
    if (!z->error && pwrite(z->fd, head, LOCAL, (off_t)z->started) != LOCAL)
        z->error = errno ? errno : EIO;
    le(head, 0x02014b50, 4);
    le(head + 4, VERSION, 2);
    size_t n = 6 + common(z, head + 6, packed);
    n += le(head + n, 0, 10); /* comment, disk, attributes: 2 + 2 + 2 + 4 */
    n += le(head + n, z->started, 4);
    buf_add(&z->central, head, n);
    buf_text_add(&z->central, z->name);
    z->entries++;
    *z->name = 0;
    deflateReset(&z->z);
}

struct zip_writer *zip_write_new(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return NULL;
    struct zip_writer *z = calloc(1, sizeof *z);
    if (!z || deflateInit2(&z->z, LEVEL, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        die("out of memory for an archive");
    z->fd = fd;
    return z;
}

void zip_write_part(struct zip_writer *z, const char *name)
{
    unsigned char head[LOCAL] = {0};
    end_part(z);
    size_t n = strlen(name);
    if (n >= sizeof z->name)
        die("a part's name is too long: %s", name);
    memcpy(z->name, name, n + 1);
    z->started = z->at;
    z->raw = 0;
    z->crc = 0;
    put(z, head, sizeof head);
    put(z, name, n);
}

void zip_write_data(struct zip_writer *z, const void *data, size_t n)
{
    const char *p = data;
    while (n && !z->error) {
        size_t room = IN - z->n_in, part = n < room ? n : room;
        memcpy(z->in + z->n_in, p, part);
        z->n_in += part;
        p += part;
        n -= part;
        if (z->n_in == IN)
            deflate_in(z, Z_NO_FLUSH);
    }
}

void zip_write_text(struct zip_writer *z, const char *s)
{
    zip_write_data(z, s, strlen(s));
}

int zip_write_end(struct zip_writer *z)
{
    unsigned char tail[22] = {0};
    end_part(z);
    uint64_t at = z->at;
    put(z, z->central.data, z->central.len);
    le(tail, 0x06054b50, 4);
    le(tail + 8, z->entries, 2);
    le(tail + 10, z->entries, 2);
    le(tail + 12, z->central.len, 4);
    le(tail + 16, at, 4);
    put(z, tail, sizeof tail);
    flush_out(z);
    if (close(z->fd) != 0 && !z->error)
        z->error = errno;
    int error = z->error;
    deflateEnd(&z->z);
    buf_free(&z->central);
    free(z);
    return error;
}
