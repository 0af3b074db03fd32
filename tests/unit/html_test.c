/* SPDX-License-Identifier: ISC */
#include "core/evidence/html.h"

#include "tests/unit/unit.h"

static void
nothing_in_a_text_is_markup(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	html_text(&b, "<a href=\"x\" onclick='y'>&amp;");
	assert_bytes(
	    &b, "&lt;a href=&quot;x&quot; onclick=&#39;y&#39;&gt;&amp;amp;");
	buf_release(&b);
}

static void
controls_are_shown_and_not_obeyed(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	html_text(&b, "a\033[31m\r\x7f\tb\nc");
	assert_bytes(&b, "a\xe2\x90\x9b[31m\xe2\x90\x8d\xe2\x90\xa1\tb\nc");
	buf_clear(&b);
	html_text(&b, "\xc2\x85\xe2\x80\xa8");
	assert_bytes(&b, "\xef\xbf\xbd\xef\xbf\xbd");
	buf_release(&b);
}

static void
marks_that_turn_text_are_shown_the_harmless_ones_stay(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	html_text(&b,
	    "\xe2\x80\xae"
	    "evil\xe2\x80\xac\xe2\x81\xa6\xe2\x80\x8e");
	assert_bytes(&b, "[U+202E]evil[U+202C][U+2066]\xe2\x80\x8e");
	buf_release(&b);
}

static void
what_is_not_utf8_becomes_the_replacement_character(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	html_text(&b,
	    "a\xff"
	    "b\xc3");
	assert_bytes(&b,
	    "a\xef\xbf\xbd"
	    "b\xef\xbf\xbd");
	buf_release(&b);
}

static void
a_value_is_isolated_from_its_sentence(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	html_bdi(&b, "\xd7\xa9 <");
	assert_bytes(&b, "<bdi>\xd7\xa9 &lt;</bdi>");
	buf_release(&b);
}

static void
a_path_in_a_link_is_a_path_and_no_address(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	html_href(&b, "a b/E01-c:d?\"e#%.png");
	assert_bytes(&b, "a%20b/E01-c%3Ad%3F%22e%23%25.png");
	buf_release(&b);
}

static void
the_hash_of_a_style_is_the_one_browsers_compute(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	html_csp_hash(&b, "");
	assert_bytes(&b, "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_in_a_text_is_markup),
		cmocka_unit_test(controls_are_shown_and_not_obeyed),
		cmocka_unit_test(
		    marks_that_turn_text_are_shown_the_harmless_ones_stay),
		cmocka_unit_test(
		    what_is_not_utf8_becomes_the_replacement_character),
		cmocka_unit_test(a_value_is_isolated_from_its_sentence),
		cmocka_unit_test(a_path_in_a_link_is_a_path_and_no_address),
		cmocka_unit_test(
		    the_hash_of_a_style_is_the_one_browsers_compute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
