/* SPDX-License-Identifier: ISC */
#include "core/ext/deflate.h"

#include <zlib.h>

#include "tests/unit/unit.h"

/* Words with some repetition, as text has it. */
static void
fill_text(char *p, size_t len, uint64_t seed)
{
	static const char *const words[] = { "order ", "buyer ", "delivery\n",
		"zip ", "when ", "agreed ", "0", "1 ", "x" };
	size_t at = 0;

	while (at < len) {
		const char *word = words[any(&seed, 9)];
		size_t n = strlen(word);

		if (n > len - at)
			n = len - at;
		memcpy(p + at, word, n);
		at += n;
	}
}

static void
fill_noise(char *p, size_t len, uint64_t seed)
{
	for (size_t i = 0; i < len; i++)
		p[i] = (char)any(&seed, 256);
}

static void
inflates_to(const char *packed, size_t packed_len, const char *p, size_t len)
{
	char *out = mem_alloc(len + 1);
	z_stream z = { 0 };

	assert_int_equal(inflateInit2(&z, -MAX_WBITS), Z_OK);
	z.next_in = (Bytef *)packed;
	z.avail_in = (uInt)packed_len;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)len + 1;
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.avail_in, 0);
	assert_int_equal(z.total_out, len);
	assert_memory_equal(out, p, len);
	inflateEnd(&z);
	free(out);
}

static void
what_is_compressed_whole_inflates_again(void **state)
{
	struct deflater *d = deflater_new();
	size_t len = 300000, n;
	char *p = mem_alloc(len), *out = mem_alloc(len);

	(void)state;
	fill_text(p, len, 1);
	n = deflater_whole(d, p, len, out, len);
	assert_in_range(n, 1, len / 2);
	inflates_to(out, n, p, len);
	assert_int_equal(deflater_whole(d, p, len, out, n - 1), 0);
	free(p);
	free(out);
	deflater_free(d);
}

/* Compress p in pieces; every other one by another deflater. */
static size_t
in_pieces(const char *p, size_t len, char *out, unsigned threads)
{
	struct deflater *d[2] = { deflater_new(), deflater_new() };
	size_t at = 0, used = 0, i = 0;

	while (at < len) {
		size_t n = len - at < DEFLATE_PIECE ? len - at : DEFLATE_PIECE;
		size_t before = at < DEFLATE_WINDOW ? at : DEFLATE_WINDOW;

		used += deflater_piece(d[i++ % threads],
		    (const unsigned char *)p + at, n, before, at + n == len,
		    out + used);
		at += n;
	}
	deflater_free(d[0]);
	deflater_free(d[1]);
	return used;
}

static void
pieces_are_one_stream_whoever_made_them(void **state)
{
	size_t len = 3 * DEFLATE_PIECE + 12345;
	size_t room = 5 * (size_t)DEFLATE_PIECE_ROOM;
	char *p = mem_alloc(len), *one = mem_alloc(room);
	char *two = mem_alloc(room);
	size_t n;

	(void)state;
	fill_text(p, len, 2);
	/* the third piece does not compress, and is stored within the stream */
	fill_noise(p + 2 * DEFLATE_PIECE, DEFLATE_PIECE, 3);
	n = in_pieces(p, len, one, 1);
	inflates_to(one, n, p, len);
	assert_int_equal(in_pieces(p, len, two, 2), n);
	assert_memory_equal(one, two, n);
	assert_in_range(n, DEFLATE_PIECE, 2 * DEFLATE_PIECE);
	free(p);
	free(one);
	free(two);
}

static void
noise_is_not_worth_it_unless_it_is_short(void **state)
{
	struct deflater *d = deflater_new();
	size_t len = 1u << 20;
	char *p = mem_alloc(len);

	(void)state;
	fill_noise(p, len, 4);
	assert_false(deflater_worth(d, p, len));
	assert_true(deflater_worth(d, p, 1000));
	fill_text(p + len - 20000, 20000, 5);
	assert_true(deflater_worth(d, p, len));
	free(p);
	deflater_free(d);
}

static void
checksums_of_parts_join(void **state)
{
	const char *text = "123456789";
	uint32_t whole = crc_add(0, text, 9);

	(void)state;
	assert_int_equal(whole, 0xcbf43926); /* the well-known check value */
	assert_int_equal(
	    crc_join(crc_add(0, text, 4), crc_add(0, text + 4, 5), 5), whole);
	assert_int_equal(crc_join(0, whole, 9), whole);
}

static void
the_version_names_both_libraries(void **state)
{
	(void)state;
	assert_non_null(strstr(deflate_version(), "libdeflate 1."));
	assert_non_null(strstr(deflate_version(), "zlib 1."));
	assert_non_null(strstr(deflate_version(), "level"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_compressed_whole_inflates_again),
		cmocka_unit_test(pieces_are_one_stream_whoever_made_them),
		cmocka_unit_test(noise_is_not_worth_it_unless_it_is_short),
		cmocka_unit_test(checksums_of_parts_join),
		cmocka_unit_test(the_version_names_both_libraries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
