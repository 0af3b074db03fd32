/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_DEFLATE_H
#define DEED_CORE_EXT_DEFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Compression for ZIP members: raw deflate (RFC 1951).  Small members are
 * compressed whole by libdeflate; long ones piece by piece by zlib, each
 * piece by itself but for the window before it, so that neither the bytes nor
 * the memory depend on how many threads share the work.
 */

#define DEFLATE_WHOLE_MAX (8u << 20) /* bytes of a member taken whole */
#define DEFLATE_PIECE (1u << 20)     /* bytes of a piece of a longer one */
#define DEFLATE_WINDOW (32u << 10)   /* bytes before a piece that it needs */
/* Room that one compressed piece can need. */
#define DEFLATE_PIECE_ROOM (DEFLATE_PIECE + (DEFLATE_PIECE >> 8) + 1024)

/* "libdeflate 1.14 level 5, zlib 1.2.13 level 6": equal text, equal bytes. */
const char *deflate_version(void);

/* What one thread needs to compress. */
struct deflater;

struct deflater *deflater_new(void);
/* A third larger, in a fourth of the time; deflate_version() is not of it. */
struct deflater *deflater_new_quick(void);
void deflater_free(struct deflater *d);

/*
 * Do these bytes look as if compressing them saved anything?  Judged by a few
 * samples; what is too short to be worth the question gets a yes.
 */
bool deflater_worth(struct deflater *d, const void *p, size_t len);

/* Compress all of p; 0 if that takes more than room bytes. */
size_t deflater_whole(
    struct deflater *d, const void *p, size_t len, void *out, size_t room);

/*
 * Compress a piece of a stream of pieces; the bytes of out follow each other.
 * The before bytes in front of p (at most DEFLATE_WINDOW) are the end of the
 * piece before.  out has DEFLATE_PIECE_ROOM; returns how much of it is used.
 */
size_t deflater_piece(struct deflater *d, const unsigned char *p, size_t len,
    size_t before, bool last, void *out);
/*
 * The same of digests in hex: there is nothing to find in them but that few
 * characters occur, which takes half the time and makes less of them.
 */
size_t deflater_hex(struct deflater *d, const unsigned char *p, size_t len,
    bool last, void *out);

/* CRC-32 as ZIP has it; begin with 0. */
uint32_t crc_add(uint32_t crc, const void *p, size_t len);
/* That of a and b in a row, b being len bytes long. */
uint32_t crc_join(uint32_t a, uint32_t b, int64_t len);

#endif
