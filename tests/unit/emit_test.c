/* SPDX-License-Identifier: ISC */
#include "core/emit.h"

#include "core/ext/doc.h"
#include "core/ext/json.h"
#include "core/util/proc.h"
#include "core/util/utf8.h"
#include "tests/unit/unit.h"

#define BATCH 3000

static void
every_string_has_one_form(void **state)
{
	static const struct {
		const char *text, *written;
	} cases[] = {
		{ "", "\"\"" },
		{ "word", "word" },
		{ "Two words, no", "\"Two words, no\"" },
		{ "a b_c.d/e@f+g-h 1", "a b_c.d/e@f+g-h 1" },
		{ "a ", "\"a \"" },
		{ " a", "\" a\"" },
		{ "-a", "\"-a\"" },
		{ "- a", "\"- a\"" },
		{ "a: b", "\"a: b\"" },
		{ "a #b", "\"a #b\"" },
		{ "1", "\"1\"" },
		{ "2026-11-21", "\"2026-11-21\"" },
		{ "2026-11-21T22:55:27Z", "\"2026-11-21T22:55:27Z\"" },
		{ "250 USD", "\"250 USD\"" },
		{ "y", "\"y\"" },
		{ "N", "\"N\"" },
		{ "Yes", "\"Yes\"" },
		{ "NO", "\"NO\"" },
		{ "on", "\"on\"" },
		{ "Off", "\"Off\"" },
		{ "true", "\"true\"" },
		{ "FALSE", "\"FALSE\"" },
		{ "null", "\"null\"" },
		{ "Null", "\"Null\"" },
		{ "~", "\"~\"" },
		{ "yesterday", "yesterday" },
		{ "deadbeefdeadbeefdeadbeefdeadbeef",
		    "\"deadbeefdeadbeefdeadbeefdeadbeef\"" },
		{ "deadbeefdeadbeefdeadbeefdeadbee",
		    "deadbeefdeadbeefdeadbeefdeadbee" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "caf\xc3\xa9", "\"caf\xc3\xa9\"" },
		{ "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"" },
		{ "\xe2\x80\xae", "\"\\u202e\"" },
		{ "\xc2\x85", "\"\\x85\"" },
		{ "\xef\xbb\xbf", "\"\\ufeff\"" },
		{ "\xef\xbf\xbe", "\"\\ufffe\"" },
		{ "\x1b", "\"\\x1b\"" },
		{ "a\tb", "\"a\\tb\"" },
		{ "a\r\nb", "\"a\\x0d\\nb\"" },
		{ "\n", "\"\\n\"" },
		{ "\n\n", "\"\\n\\n\"" },
		{ "a\nb", "|2-\n  a\n  b" },
		{ "a\nb\n", "|2+\n  a\n  b" },
		{ "a\n\n", "|2+\n  a\n" },
		{ "\na", "|2-\n\n  a" },
		{ "  a\nb", "|2-\n    a\n  b" },
		{ "a\n---\n# b\n%", "|2-\n  a\n  ---\n  # b\n  %" },
		{ "a\tb\nc", "|2-\n  a\tb\n  c" },
		{ "a \nb", "\"a \\nb\"" },
		{ "a\n\tb", "\"a\\n\\tb\"" },
		{ "a\nb ", "\"a\\nb \"" },
		{ "\xe2\x81\xa6"
		  "a\nb",
		    "\"\\u2066a\\nb\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct node *map = node_map();
		struct buf b = BUF_INIT;
		char *wanted = mem_printf("k: %s\n", cases[i].written);

		node_put_str(map, "k", cases[i].text);
		emit_map(&b, map);
		assert_bytes(&b, wanted);
		node_free(map);
		buf_release(&b);
		free(wanted);
	}
}

static void
maps_and_lists_are_written_in_block_style(void **state)
{
	static const char json[] =
	    "{\"i\":-1,\"t\":true,\"z\":null,\"l\":[],\"m\":{},"
	    "\"files\":[{\"name\":\"a\",\"text\":\"b\\nc\"},{},[],[1,[2]],"
	    "\"x\\ny\"],"
	    "\"party\":{\"on\":\"y\",\"deep\":{\"a b\":\"c\",\"d\":[\"e\"]}}}";
	static const char yaml[] = "i: -1\n"
				   "t: true\n"
				   "z: null\n"
				   "l: []\n"
				   "m: {}\n"
				   "files:\n"
				   "  - name: a\n"
				   "    text: |2-\n"
				   "      b\n"
				   "      c\n"
				   "  - {}\n"
				   "  - []\n"
				   "  -\n"
				   "    - 1\n"
				   "    -\n"
				   "      - 2\n"
				   "  - |2-\n"
				   "    x\n"
				   "    y\n"
				   "party:\n"
				   "  \"on\": \"y\"\n"
				   "  deep:\n"
				   "    a b: c\n"
				   "    d:\n"
				   "      - e\n";
	struct node *n, *back;
	struct buf b = BUF_INIT;

	(void)state;
	assert_ok(json_parse(&n, json, strlen(json), "json"));
	emit_map(&b, n);
	assert_bytes(&b, yaml);
	assert_ok(doc_parse(&back, b.data, b.len, "yaml", 1));
	assert_true(node_equal(n, back));
	node_free(n);
	node_free(back);
	buf_release(&b);
}

/* Text made of the pieces that break writers of YAML. */
static char *
nasty(uint64_t *seed)
{
	static const char *const pieces[] = { "\n", "\n", "\n\n", " ", "  ",
		"\t", "\n---\n", "---", "...", "\n...\n", "# ", " #", ": ", ":",
		"- ", "-", "? ", "|", ">", "'", "\"", "\\", "%YAML", "&a", "*a",
		"!x", "{", "}", "[", "]", ",", "@", "`", "~", "null", "yes",
		"no", "y", "On", "true", "1", "0x1f", "1_000", "1:30", "1e3",
		".inf", "<<", "=", "a", "word", "Zz", "\r", "\x01", "\x07",
		"\x1b", "\x7f", "\xc2\x80", "\xc2\x85", "\xc2\x9f", "\xc2\xa0",
		"\xc2\xad", "\xc3\xa9", "e\xcc\x81", "\xe2\x80\x8b",
		"\xe2\x80\x8d", "\xe2\x80\x8e", "\xe2\x80\xa8", "\xe2\x80\xa9",
		"\xe2\x80\xae", "\xe2\x81\xa6", "\xef\xbb\xbf", "\xef\xbf\xbd",
		"\xef\xbf\xbe", "\xef\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80",
		"\xf0\x9f\x98\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
		"\xf0\x9f\xbf\xbe", "\xe6\x97\xa5" };
	struct buf b = BUF_INIT;
	size_t used;

	for (uint32_t n = any(seed, 9); n > 0; n--) {
		uint32_t c = any(seed, 0x110000);

		if (any(seed, 20) > 0)
			buf_adds(&b,
			    pieces[any(
				seed, sizeof(pieces) / sizeof(pieces[0]))]);
		else if (c > 0 && (c < 0xd800 || c > 0xdfff))
			utf8_add(&b, c);
	}
	if (any(seed, 50) == 0)
		for (int i = 0; i < 500; i++)
			buf_adds(&b, any(seed, 9) > 0 ? "word " : "x\n");
	for (size_t i = 0; i < b.len; i += used)
		assert_true(
		    utf8_decode(b.data + i, b.len - i, &used) != UTF8_BAD);
	return buf_steal(&b);
}

static struct node *
nasty_doc(uint64_t *seed)
{
	struct node *doc = node_map(), *list = node_list(), *map = node_map();

	for (int i = 0; i < 4; i++) {
		char *key = nasty(seed), *text = nasty(seed);

		node_push_str(list, text);
		if (strlen(key) <= EMIT_KEY_MAX)
			node_put_str(map, key, text);
		free(key);
		free(text);
	}
	node_push(list, node_copy(map));
	node_push(list, node_copy(list));
	node_put(doc, "list", list);
	node_put(doc, "map", map);
	return doc;
}

static void
any_text_comes_back_the_same(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int i = 0; i < BATCH; i++) {
		struct node *doc = nasty_doc(&seed), *back;
		struct buf b = BUF_INIT, again = BUF_INIT;

		assert_ok(emit_vet(doc));
		emit_map(&b, doc);
		assert_ok(doc_vet(b.data, b.len, "random", 1));
		assert_ok(doc_parse(&back, b.data, b.len, "random", 1));
		if (!node_equal(doc, back))
			fail_msg("not the same:\n%s", b.data);
		emit_map(&again, back);
		assert_bytes(&again, b.data);
		node_free(doc);
		node_free(back);
		buf_release(&b);
		buf_release(&again);
	}
}

/* One interpreter for all: it answers each document with a line of JSON. */
static void
another_reader_reads_the_same(void **state)
{
	static const char script[] =
	    "import json, sys, yaml\n"
	    "text = sys.stdin.buffer.read().decode('utf-8')\n"
	    "for doc in yaml.load_all(text, yaml.SafeLoader):\n"
	    "    print(json.dumps(doc))\n";
	struct proc_spec spec = { .argv =
				      (const char *const[]){ "/usr/bin/python3",
					  "-c", script, NULL } };
	struct buf yaml = BUF_INIT, out = BUF_INIT, errs = BUF_INIT;
	uint64_t seed = 2;
	const char *line;
	int status;

	(void)state;
	if (access("/usr/bin/python3", X_OK) != 0)
		skip();
	for (int i = 0; i < BATCH / 10; i++) {
		struct node *doc = nasty_doc(&seed);

		buf_adds(&yaml, "---\n");
		emit_map(&yaml, doc);
		node_free(doc);
	}
	spec.in = yaml.data;
	spec.in_len = yaml.len;
	assert_ok(proc_run(&spec, &out, &errs, &status));
	if (status != 0)
		fail_msg("%s", errs.data);
	seed = 2;
	line = out.data;
	for (int i = 0; i < BATCH / 10; i++) {
		struct node *doc = nasty_doc(&seed), *theirs;
		size_t len = strcspn(line, "\n");

		assert_ok(json_parse(&theirs, line, len, "python"));
		if (!node_equal(doc, theirs)) {
			buf_clear(&yaml);
			emit_map(&yaml, doc);
			fail_msg("read as %.*s\n%s", (int)len, line, yaml.data);
		}
		line += len + 1;
		node_free(doc);
		node_free(theirs);
	}
	assert_ptr_equal(line, out.data + out.len);
	buf_release(&yaml);
	buf_release(&out);
	buf_release(&errs);
}

static void
what_no_reader_takes_is_found_before_it_is_written(void **state)
{
	struct node *map = node_map(), *inner;
	char key[EMIT_KEY_MAX + 2];
	struct buf b = BUF_INIT;
	struct node *back;

	(void)state;
	memset(key, '\x01', sizeof(key));
	key[EMIT_KEY_MAX] = '\0';
	node_put_str(map, key, "v");
	assert_ok(emit_vet(map));
	emit_map(&b, map);
	assert_ok(doc_parse(&back, b.data, b.len, "key", 1));
	assert_true(node_equal(map, back));
	node_free(back);
	buf_release(&b);
	key[EMIT_KEY_MAX] = 'x';
	key[EMIT_KEY_MAX + 1] = '\0';
	node_put_str(map, key, "v");
	assert_err(emit_vet(map), ERR_LIMIT, "longer than 255 bytes");
	node_free(map);

	map = inner = node_map();
	for (int i = 0; i < DOC_DEPTH_MAX - 1; i++)
		inner = node_put(inner, "a", node_map());
	assert_ok(emit_vet(map));
	node_put_str(inner, "deep", "x");
	assert_err(emit_vet(map), ERR_LIMIT, "\"deep\" is nested");
	node_free(map);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_string_has_one_form),
		cmocka_unit_test(maps_and_lists_are_written_in_block_style),
		cmocka_unit_test(any_text_comes_back_the_same),
		cmocka_unit_test(another_reader_reads_the_same),
		cmocka_unit_test(
		    what_no_reader_takes_is_found_before_it_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
