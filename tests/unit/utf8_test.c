/* SPDX-License-Identifier: ISC */
#include "core/util/utf8.h"

#include "tests/unit/unit.h"

static void
only_shortest_forms_of_characters_are_valid(void **state)
{
	static const struct {
		const char *bytes;
		bool valid;
	} cases[] = {
		{ "", true },
		{ "plain", true },
		{ "\xc2\x80", true },
		{ "\xdf\xbf", true },
		{ "\xe0\xa0\x80", true },
		{ "\xed\x9f\xbf", true },
		{ "\xee\x80\x80", true },
		{ "\xef\xbf\xbf", true },
		{ "\xf0\x90\x80\x80", true },
		{ "\xf4\x8f\xbf\xbf", true },
		{ "\x80", false },
		{ "\xc0\x80", false },
		{ "\xc1\xbf", false },
		{ "\xe0\x9f\xbf", false },
		{ "\xed\xa0\x80", false },
		{ "\xed\xbf\xbf", false },
		{ "\xf0\x8f\xbf\xbf", false },
		{ "\xf4\x90\x80\x80", false },
		{ "\xf8\x88\x80\x80\x80", false },
		{ "\xff", false },
		{ "a\xc3", false },
		{ "a\xe2\x82", false },
		{ "a\xf0\x9f\x98", false },
		{ "\xc3(", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (utf8_valid(cases[i].bytes, strlen(cases[i].bytes)) !=
		    cases[i].valid)
			fail_msg("case %zu", i);
}

static void
what_is_added_is_decoded_again(void **state)
{
	struct buf b = BUF_INIT;
	size_t used;

	(void)state;
	for (uint32_t c = 1; c <= 0x10ffff; c += c < 0x3000 ? 1 : 251) {
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		buf_clear(&b);
		utf8_add(&b, c);
		assert_int_equal(utf8_decode(b.data, b.len, &used), c);
		assert_int_equal(used, b.len);
	}
	buf_release(&b);
}

static void
a_bad_byte_is_one_byte_long(void **state)
{
	size_t used = 0;

	(void)state;
	assert_int_equal(utf8_decode("\xe2\x82(", 3, &used), UTF8_BAD);
	assert_int_equal(used, 1);
}

static void
nothing_dangerous_reaches_the_terminal(void **state)
{
	static const struct {
		const char *in, *out;
		bool keep_lf;
	} cases[] = {
		{ "caf\xc3\xa9 \xf0\x9f\x98\x80",
		    "caf\xc3\xa9 \xf0\x9f\x98\x80", false },
		{ "a\nb\tc\r", "a\\nb\\tc\\r", false },
		{ "a\nb", "a\nb", true },
		{ "\x1b]0;x\x07", "\\x1b]0;x\\x07", true },
		{ "\xc2\x9b", "\\u{9b}", false },
		{ "\xe2\x80\xae", "\\u{202e}", false },
		{ "\xe2\x81\xa6", "\\u{2066}", false },
		{ "\xe2\x80\xa8", "\\u{2028}", true },
		{ "\xef\xbb\xbf", "\\u{feff}", false },
		{ "\x7f", "\\x7f", false },
		{ "\xff", "\\xff", false },
	};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_clear(&b);
		utf8_escape(
		    &b, cases[i].in, strlen(cases[i].in), cases[i].keep_lf);
		assert_bytes(&b, cases[i].out);
	}
	buf_release(&b);
}

static void
width_counts_columns(void **state)
{
	(void)state;
	assert_int_equal(utf8_width("abc"), 3);
	assert_int_equal(utf8_width("caf\xc3\xa9"), 4);
	assert_int_equal(utf8_width("cafe\xcc\x81"), 4);
	assert_int_equal(utf8_width("\xe6\x97\xa5\xe6\x9c\xac"), 4);
	assert_int_equal(utf8_width("\xf0\x9f\x98\x80"), 2);
	assert_int_equal(utf8_width("\xff"), 1);
}

static void
a_cut_text_never_ends_inside_a_character(void **state)
{
	(void)state;
	assert_int_equal(utf8_fit("abc", 2), 2);
	assert_int_equal(utf8_fit("abc", 9), 3);
	assert_int_equal(utf8_fit("\xe6\x97\xa5\xe6\x9c\xac", 3), 3);
	assert_int_equal(utf8_fit("\xe6\x97\xa5", 1), 0);
	assert_int_equal(utf8_fit("e\xcc\x81x", 1), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_shortest_forms_of_characters_are_valid),
		cmocka_unit_test(what_is_added_is_decoded_again),
		cmocka_unit_test(a_bad_byte_is_one_byte_long),
		cmocka_unit_test(nothing_dangerous_reaches_the_terminal),
		cmocka_unit_test(width_counts_columns),
		cmocka_unit_test(a_cut_text_never_ends_inside_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
