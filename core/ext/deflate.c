/* SPDX-License-Identifier: ISC */
#include "core/ext/deflate.h"

#include <assert.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "core/util/mem.h"

/*
 * libdeflate's 5 packs source code a little tighter than zlib's 6, which zip
 * uses, in less than half its time.
 */
#define WHOLE_LEVEL 5
#define PIECE_LEVEL 6
#define QUICK_LEVEL 1 /* of both */

/* Shorter data are compressed without asking: sampling would cost more. */
#define SAMPLE_MIN (256u << 10)
#define SAMPLE (16u << 10)
#define SAMPLES 4
#define SAVED_MIN 50 /* one part in so many must be saved */

#define STORED_MAX 65535 /* bytes of a stored block (RFC 1951, 3.2.4) */

struct deflater {
	struct libdeflate_compressor *whole;
	struct libdeflate_compressor *quick;
	z_stream pieces;
	int piece_level;
	unsigned char sample[SAMPLE];
};

static char version[96];
static pthread_once_t version_once = PTHREAD_ONCE_INIT;

static void
write_version(void)
{
	snprintf(version, sizeof(version),
	    "libdeflate %s level %d, zlib %s level %d",
	    LIBDEFLATE_VERSION_STRING, WHOLE_LEVEL, zlibVersion(), PIECE_LEVEL);
}

const char *
deflate_version(void)
{
	pthread_once(&version_once, write_version);
	return version;
}

static struct deflater *
make(int whole_level, int piece_level)
{
	struct deflater *d = mem_zero(1, sizeof(*d));

	d->whole = libdeflate_alloc_compressor(whole_level);
	d->quick = libdeflate_alloc_compressor(QUICK_LEVEL);
	d->piece_level = piece_level;
	/* both fail only for want of memory, as mem_alloc() would */
	if (d->whole == NULL || d->quick == NULL ||
	    deflateInit2(&d->pieces, piece_level, Z_DEFLATED, -MAX_WBITS, 8,
		Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	return d;
}

struct deflater *
deflater_new(void)
{
	return make(WHOLE_LEVEL, PIECE_LEVEL);
}

struct deflater *
deflater_new_quick(void)
{
	return make(QUICK_LEVEL, QUICK_LEVEL);
}

void
deflater_free(struct deflater *d)
{
	if (d == NULL)
		return;
	libdeflate_free_compressor(d->whole);
	libdeflate_free_compressor(d->quick);
	deflateEnd(&d->pieces);
	free(d);
}

bool
deflater_worth(struct deflater *d, const void *p, size_t len)
{
	const size_t room = SAMPLE - SAMPLE / SAVED_MIN;
	const unsigned char *bytes = p;

	if (len < SAMPLE_MIN)
		return true;
	for (size_t i = 0; i < SAMPLES; i++) {
		size_t at = (len - SAMPLE) / (SAMPLES - 1) * i;

		if (libdeflate_deflate_compress(
			d->quick, bytes + at, SAMPLE, d->sample, room) > 0)
			return true;
	}
	return false;
}

size_t
deflater_whole(
    struct deflater *d, const void *p, size_t len, void *out, size_t room)
{
	return libdeflate_deflate_compress(d->whole, p, len, out, room);
}

/* Blocks that are not compressed; they begin and end on a byte. */
static size_t
store(const unsigned char *p, size_t len, bool last, unsigned char *out)
{
	unsigned char *at = out;

	do {
		size_t n = len < STORED_MAX ? len : STORED_MAX;

		*at++ = last && n == len;
		*at++ = (unsigned char)(n & 255);
		*at++ = (unsigned char)(n >> 8);
		*at++ = (unsigned char)(~n & 255);
		*at++ = (unsigned char)(~n >> 8 & 255);
		if (n > 0)
			memcpy(at, p, n);
		at += n;
		p += n;
		len -= n;
	} while (len > 0);
	return (size_t)(at - out);
}

static size_t
deflate_piece(struct deflater *d, const unsigned char *p, size_t len,
    size_t before, bool last, void *out, int strategy)
{
	z_stream *z = &d->pieces;
	int done;

	assert(len <= DEFLATE_PIECE && before <= DEFLATE_WINDOW);
	deflateReset(z);
	deflateParams(z, d->piece_level, strategy);
	if (before > 0)
		deflateSetDictionary(z, p - before, (uInt)before);
	z->next_in = (Bytef *)p;
	z->avail_in = (uInt)len;
	z->next_out = out;
	z->avail_out = DEFLATE_PIECE_ROOM;
	/* the flush ends the piece on a byte, so that the next can follow */
	done = deflate(z, last ? Z_FINISH : Z_SYNC_FLUSH);
	assert(z->avail_in == 0 && z->avail_out > 0);
	assert(done == (last ? Z_STREAM_END : Z_OK));
	(void)done;
	return DEFLATE_PIECE_ROOM - z->avail_out;
}

size_t
deflater_piece(struct deflater *d, const unsigned char *p, size_t len,
    size_t before, bool last, void *out)
{
	if (!deflater_worth(d, p, len))
		return store(p, len, last, out);
	return deflate_piece(d, p, len, before, last, out, Z_DEFAULT_STRATEGY);
}

size_t
deflater_hex(struct deflater *d, const unsigned char *p, size_t len, bool last,
    void *out)
{
	return deflate_piece(d, p, len, 0, last, out, Z_HUFFMAN_ONLY);
}

uint32_t
crc_add(uint32_t crc, const void *p, size_t len)
{
	return libdeflate_crc32(crc, p, len);
}

uint32_t
crc_join(uint32_t a, uint32_t b, int64_t len)
{
	return (uint32_t)crc32_combine(a, b, (z_off_t)len);
}
