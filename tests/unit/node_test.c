/* SPDX-License-Identifier: ISC */
#include "core/ext/json.h"
#include "core/util/node.h"

#include "tests/unit/unit.h"

static void
a_map_keeps_the_order_of_its_keys(void **state)
{
	struct node *map = node_map();
	struct buf b = BUF_INIT;

	(void)state;
	node_put_str(map, "z", "1");
	node_put_int(map, "a", 2);
	node_put_bool(map, "m", true);
	node_put_str(map, "z", "again");
	node_put_str(map, "absent", NULL);
	node_drop(map, "a");
	node_drop(map, "never was");
	node_write_json(&b, map);
	assert_bytes(&b, "{\"z\":\"again\",\"m\":true}");
	node_free(map);
	buf_release(&b);
}

static void
looking_for_what_is_not_there_finds_nothing(void **state)
{
	struct node *map = node_map();
	struct node *inner = node_put(map, "archive", node_map());

	(void)state;
	node_put_str(inner, "sha256", "ab");
	node_put_int(inner, "size", 7);
	assert_string_equal(
	    node_as_text(node_find(map, "archive.sha256")), "ab");
	assert_null(node_find(map, "archive.path"));
	assert_null(node_find(map, "source.path"));
	assert_null(node_find(map, "archive.sha256.more"));
	assert_null(node_find(NULL, "a.b"));
	assert_null(node_text(inner, "size"));
	assert_int_equal(node_number(inner, "size", -1), 7);
	assert_int_equal(node_number(inner, "sha256", -1), -1);
	assert_false(node_flag(inner, "size"));
	assert_null(node_at(node_get(map, "none"), 0));
	assert_null(node_at(inner, 2));
	assert_int_equal(node_count(NULL), 0);
	assert_false(node_has(NULL, "x"));
	node_free(map);
}

static void
equal_trees_hold_equal_values(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} cases[] = {
		{ "{\"a\":1,\"b\":[true,null]}", "{\"b\":[true,null],\"a\":1}",
		    true },
		{ "[1,2]", "[2,1]", false },
		{ "[1]", "[1,2]", false },
		{ "{\"a\":1}", "{\"b\":1}", false },
		{ "\"1\"", "1", false },
		{ "null", "false", false },
		{ "{}", "[]", false },
		{ "\"a\"", "\"b\"", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct node *a, *b, *copy;

		assert_ok(json_parse(&a, cases[i].a, strlen(cases[i].a), "a"));
		assert_ok(json_parse(&b, cases[i].b, strlen(cases[i].b), "b"));
		copy = node_copy(a);
		assert_true(node_equal(a, copy));
		assert_int_equal(node_equal(a, b), cases[i].equal);
		assert_int_equal(node_equal(b, a), cases[i].equal);
		node_free(a);
		node_free(b);
		node_free(copy);
	}
}

static void
json_has_no_raw_control_or_bidi_mark(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "", "\"\"" },
		{ "a\"b\\c/", "\"a\\\"b\\\\c/\"" },
		{ "a\nb\tc\r", "\"a\\nb\\u0009c\\u000d\"" },
		{ "\x1b\x7f", "\"\\u001b\\u007f\"" },
		{ "\xc2\x85\xe2\x80\xa8\xef\xbb\xbf",
		    "\"\\u0085\\u2028\\ufeff\"" },
		{ "\xe2\x80\xae", "\"\\u202e\"" },
		{ "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"" },
		{ "bad \xff.", "\"bad \xef\xbf\xbd.\"" },
	};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_clear(&b);
		json_write_str(&b, cases[i].in, strlen(cases[i].in));
		assert_bytes(&b, cases[i].out);
	}
	buf_release(&b);
}

static struct node *
random_tree(uint64_t *seed, unsigned depth)
{
	static const char *const texts[] = { "", "a", "\n", "\"", "\\",
		"\xc3\xa9", "\xf0\x9f\x98\x80", "\x01", "\xe2\x80\xae" };
	struct node *n;
	uint32_t kids = any(seed, 4);

	switch (any(seed, depth > 4 ? 4 : 6)) {
	case 0:
		return node_null();
	case 1:
		return node_bool(any(seed, 2));
	case 2:
		return node_int((int64_t)any(seed, UINT32_MAX) * 2147483649 *
		    (any(seed, 2) ? 1 : -1));
	case 3:
		return node_str(texts[any(seed, 9)]);
	case 4:
		n = node_list();
		while (kids-- > 0)
			node_push(n, random_tree(seed, depth + 1));
		return n;
	}
	n = node_map();
	while (kids-- > 0)
		node_put(n, texts[any(seed, 9)], random_tree(seed, depth + 1));
	return n;
}

static void
json_written_is_json_read(void **state)
{
	uint64_t seed = 11;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct node *tree = random_tree(&seed, 0), *back;
		struct buf b = BUF_INIT;

		node_write_json(&b, tree);
		assert_null(memchr(b.data, '\n', b.len));
		assert_ok(json_parse(&back, b.data, b.len, "tree"));
		assert_true(node_equal(tree, back));
		node_free(tree);
		node_free(back);
		buf_release(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_map_keeps_the_order_of_its_keys),
		cmocka_unit_test(looking_for_what_is_not_there_finds_nothing),
		cmocka_unit_test(equal_trees_hold_equal_values),
		cmocka_unit_test(json_has_no_raw_control_or_bidi_mark),
		cmocka_unit_test(json_written_is_json_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
