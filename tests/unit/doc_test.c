/* SPDX-License-Identifier: ISC */
#include "core/ext/doc.h"

#include <inttypes.h>
#include <stdio.h>
#include <strings.h>
#include <time.h>

#include "core/ext/docplain.h"
#include "core/ext/json.h"
#include "core/util/path.h"
#include "tests/unit/unit.h"

/* Both halves of reading, as every reader of documents does it. */
static struct err *
read_doc(struct node **out, const char *p, size_t len)
{
	struct err *e = doc_vet(p, len, "x.yaml", 1);

	*out = NULL;
	return e != NULL ? e : doc_parse(out, p, len, "x.yaml", 1);
}

static void
values_are_what_they_look_like(void **state)
{
	static const struct {
		const char *yaml, *json;
	} cases[] = {
		{ "a: 1\n", "{\"a\":1}" },
		{ "a: -12\n", "{\"a\":-12}" },
		{ "a: 9223372036854775807\n", "{\"a\":9223372036854775807}" },
		{ "a: 012\n", "{\"a\":\"012\"}" },
		{ "a: 1.5\n", "{\"a\":\"1.5\"}" },
		{ "a: 1_000\n", "{\"a\":\"1_000\"}" },
		{ "a: +1\n", "{\"a\":\"+1\"}" },
		{ "a: 1:30\n", "{\"a\":\"1:30\"}" },
		{ "a: -\n", NULL },
		{ "a: \"1\"\n", "{\"a\":\"1\"}" },
		{ "a: true\nb: false\n", "{\"a\":true,\"b\":false}" },
		{ "a: 'true'\n", "{\"a\":\"true\"}" },
		{ "a: yes\nb: no\nc: True\n",
		    "{\"a\":\"yes\",\"b\":\"no\",\"c\":\"True\"}" },
		{ "a: null\nb: ~\nc:\n", "{\"a\":null,\"b\":null,\"c\":null}" },
		{ "a: Null\n", "{\"a\":\"Null\"}" },
		{ "1: a\nnull: b\n", "{\"1\":\"a\",\"null\":\"b\"}" },
		{ "a: []\nb: {}\n", "{\"a\":[],\"b\":{}}" },
		{ "a: [1, {b: c}]\n", "{\"a\":[1,{\"b\":\"c\"}]}" },
		{ "a:\n- 1\n-  - 2\n", "{\"a\":[1,[2]]}" },
		{ "a: |2-\n   b\n\n  c\n", "{\"a\":\" b\\n\\nc\"}" },
		{ "a: |+\n  b\n\n", "{\"a\":\"b\\n\\n\"}" },
		{ "a: >\n  b\n  c\n", "{\"a\":\"b c\\n\"}" },
		{ "a: b # c\n", "{\"a\":\"b\"}" },
		{ "a: \"\\x41\\u00e9\\U0001f600\"\n",
		    "{\"a\":\"A\xc3\xa9\xf0\x9f\x98\x80\"}" },
	};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct node *n;
		struct err *e =
		    read_doc(&n, cases[i].yaml, strlen(cases[i].yaml));

		if (cases[i].json == NULL) {
			assert_err(e, ERR_SYNTAX, "x.yaml:1: ");
			continue;
		}
		assert_ok(e);
		buf_clear(&b);
		node_write_json(&b, n);
		assert_bytes(&b, cases[i].json);
		node_free(n);
	}
	buf_release(&b);
}

static void
lines_are_counted_from_where_the_piece_began(void **state)
{
	static const char text[] = "a: 1\nb:\n  - c: 2\n    d: 3\n";
	static const char bad[] = "a: 1\nb: &x 2\n";
	struct node *n;

	(void)state;
	assert_ok(doc_parse(&n, text, strlen(text), "f", 100));
	assert_int_equal(node_get(n, "a")->line, 100);
	assert_int_equal(
	    node_get(node_at(node_get(n, "b"), 0), "d")->line, 103);
	node_free(n);
	assert_err(doc_parse(&n, bad, strlen(bad), "f", 100), ERR_SYNTAX,
	    "f:101: anchors are not allowed");
	assert_null(n);
	assert_err(
	    doc_vet("a\nb\x01\n", 5, "f", 100), ERR_SYNTAX, "f:101: U+0001");
}

/* A comment behind a document leaves it to libyaml. */
static void
plain_documents_are_what_libyaml_sees_in_them(void **state)
{
	static const char *const plain[] = { "a: b\n", "a: b c.d/e@f+g_h-i\n",
		"a: true\nb: false\nc: null\nd: yes\n", "a: trues\nb: nul\n",
		"a: 0\nb: -1\nc: 9223372036854775807\n",
		"a: -9223372036854775808\n", "a: \"\"\nb: \" b \"\n",
		"a: \"b: c # d, [e] 'f' {g}\"\n",
		"a: \"\xc3\xa9 \xe2\x82\xac\"\n", "a: []\nb: {}\n",
		"true: a\nnull: b\na-b_1: c\n", "a: |2-\n  b\n\n   c\nd: e\n",
		"a: |2+\n  b\n\n\nc: d\n", "a: |2+\n  # b\n  c: d\n",
		"a: |2-\n  b\t\n  \tc\n" };
	static const char *const other[] = { "", "\n", "a: b\n# c\n", "a:\n",
		"a: \n", "a:  b\n", "a: b \n", "a: b: c\n", "a: b #c\n",
		"a: 012\n", "a: +1\n", "a: 9223372036854775808\n", "a: ~\n",
		"a: -\n", "a: - b\n", "a: 1.5\n", "a: 'b'\n", "a: \"b\n",
		"a: \"b\\n\"\n", "a: \"b\" \n", "a: \"b\"c\"\n", "a: \"\n",
		"a: *b\n", "a: &b c\n", "a: !b c\n", "<<: a\n", "1: a\n",
		"a : b\n", "a: b\na: c\n", "a: b\n c\n", "a: |2-\n b\n",
		"a: |2-\n", "a: |2-\n\n  b\n", "a: |2-\n  b\n\n",
		"a: |2-\n  b\n \n", "a: |2-\n  b\n# c\n", "a: |-\n  b\n",
		"a:\n  b: c\n", "a:\n  - b\n", "a: [b]\n", "--- a\n",
		"a: b\n...\n", "a: b\n---\n", "- a\n" };
	struct buf b = BUF_INIT;
	struct node *n, *seen;

	(void)state;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		assert_non_null(
		    n = docplain_parse(plain[i], strlen(plain[i]), 7));
		buf_clear(&b);
		buf_addf(&b, "%s# c\n", plain[i]);
		assert_null(docplain_parse(b.data, b.len, 7));
		assert_ok(doc_parse(&seen, b.data, b.len, "x.yaml", 7));
		assert_true(node_equal(n, seen));
		for (size_t k = 0; k < n->n; k++)
			assert_int_equal(n->kids[k]->line, seen->kids[k]->line);
		assert_int_equal(n->line, seen->line);
		node_free(n);
		node_free(seen);
	}
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		assert_null(docplain_parse(other[i], strlen(other[i]), 7));
	buf_release(&b);
}

static void
one_text_is_one_document(void **state)
{
	static const char *const bad[] = { "", "\n", "---\na: 1\n---\nb: 2\n",
		"a: 1\n...\nb: 2\n", "a: 1\n--- b\n", "[a]\n", "{a: b}\n",
		"- a\n", "a\n", "\"a\"\n", "a: b: c\n", "a: [1\n", "a: 'b\n",
		"a: \"\\q\"\n", "a: @b\n", "a: `b\n", "a:\n\t- b\n" };
	struct node *n;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_err(
		    read_doc(&n, bad[i], strlen(bad[i])), ERR_SYNTAX, NULL);
		assert_null(n);
	}
}

static struct err *
nested(const char *open, size_t levels, const char *inner)
{
	struct buf b = BUF_INIT;
	struct node *n;
	struct err *e;

	buf_adds(&b, "a:\n  ");
	for (size_t i = 0; i < levels; i++)
		buf_adds(&b, open);
	buf_adds(&b, inner);
	e = read_doc(&n, b.data, b.len);
	buf_release(&b);
	node_free(n);
	return e;
}

static void
limits_hold(void **state)
{
	struct buf b = BUF_INIT;
	char *mib = mem_zero(1, DOC_SCALAR_MAX + 2);
	struct node *n;

	(void)state;
	memset(mib, 'x', DOC_SCALAR_MAX);
	/* the map and the value are two of the 32 */
	assert_ok(nested("- ", DOC_DEPTH_MAX - 2, "b\n"));
	assert_err(nested("- ", DOC_DEPTH_MAX - 1, "b\n"), ERR_LIMIT,
	    "nested more than 32 deep");
	buf_addf(&b, "a: \"%s\"\n", mib);
	assert_ok(read_doc(&n, b.data, b.len));
	node_free(n);
	buf_clear(&b);
	buf_addf(&b, "a: \"%sx\"\n", mib);
	assert_err(read_doc(&n, b.data, b.len), ERR_LIMIT, "1 MiB");
	assert_err(
	    read_doc(&n, "a: 9223372036854775808\n", 23), ERR_LIMIT, "64 bits");
	buf_release(&b);
	free(mib);
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
deep_nesting_is_refused_before_it_hurts(void **state)
{
	static const char *const opens[] = { "[", "{a: ", "- ", "? ",
		"[[{a: ", "\"a\": [" };
	double start = seconds();

	(void)state;
	for (size_t i = 0; i < sizeof(opens) / sizeof(opens[0]); i++) {
		struct err *e = nested(opens[i], 200000, "\n");

		assert_non_null(e);
		err_drop(e);
	}
	assert_true(seconds() - start < 5);
}

static void
a_map_of_many_keys_is_read_in_good_time(void **state)
{
	struct buf b = BUF_INIT;
	double start = seconds();
	struct node *n;

	(void)state;
	for (int i = 0; i < 200000; i++)
		buf_addf(&b, "k%d: v\n", i);
	assert_ok(read_doc(&n, b.data, b.len));
	assert_int_equal(n->n, 200000);
	node_free(n);
	buf_adds(&b, "k7: v\nk3: v\n");
	assert_err(read_doc(&n, b.data, b.len), ERR_SYNTAX,
	    "x.yaml:200001: the same key stands twice");
	assert_true(seconds() - start < 10);
	buf_release(&b);
}

static void
many_texts_of_several_lines_are_read_in_good_time(void **state)
{
	struct buf b = BUF_INIT;
	double start = seconds();
	struct node *n;

	(void)state;
	/* no digit stands in all of it */
	buf_adds(&b, "k:\n");
	for (int i = 0; i < 500000; i++)
		buf_adds(&b, "- |\n  x\n");
	assert_ok(read_doc(&n, b.data, b.len));
	assert_int_equal(node_count(node_get(n, "k")), 500000);
	node_free(n);
	assert_true(seconds() - start < 10);
	buf_release(&b);
}

static void
hostile_files_are_refused_at_once(void **state)
{
	char *dir = samples("yaml/hostile");
	struct strs names = VEC_INIT;
	unsigned n = 0;

	(void)state;
	assert_ok(file_list(&names, dir));
	for (size_t i = 0; i < names.n; i++) {
		char *path = path_join(dir, names.v[i]);
		struct buf b = BUF_INIT;
		double start = seconds();
		struct node *tree;
		struct err *e;

		assert_ok(file_read(&b, path, 64u << 20));
		e = doc_parse(&tree, b.data, b.len, names.v[i], 1);
		if (strstr(path, ".yaml") == NULL ||
		    strncmp(names.v[i], "flat-", 5) == 0) {
			node_free(tree);
		} else {
			if (e == NULL)
				fail_msg("%s was accepted", names.v[i]);
			assert_null(tree);
			n++;
		}
		assert_true(seconds() - start < 2);
		err_drop(e);
		buf_release(&b);
		free(path);
	}
	assert_true(n > 0);
	strs_release(&names);
	free(dir);
}

/*
 * Equal, where a string may stand for the number or truth value it spells:
 * deed takes no fractions and writes every string that could be mistaken in
 * quotes.
 */
static bool
alike(const struct node *ours, const struct node *theirs)
{
	char text[32];

	if (ours->type == NODE_STR && theirs->type == NODE_BOOL)
		return strcasecmp(
			   ours->text, theirs->flag ? "true" : "false") == 0;
	if (ours->type == NODE_STR && theirs->type == NODE_INT)
		return strtoll(ours->text, NULL, 0) == theirs->number;
	if (ours->type == NODE_INT && theirs->type == NODE_STR) {
		snprintf(text, sizeof(text), "%" PRId64, ours->number);
		return strcmp(text, theirs->text) == 0;
	}
	if (ours->type == NODE_STR && theirs->type == NODE_STR &&
	    strcmp(ours->text, theirs->text) != 0) {
		char *a, *b;
		double x = strtod(ours->text, &a);
		double y = strtod(theirs->text, &b);

		return a > ours->text && *a == '\0' && *b == '\0' &&
		    x - y < 1e-9 && y - x < 1e-9;
	}
	if (ours->type != theirs->type || ours->n != theirs->n)
		return false;
	for (size_t i = 0; i < ours->n; i++) {
		const struct node *kid = ours->type == NODE_MAP ?
		    node_get(theirs, ours->keys[i]) :
		    theirs->kids[i];

		if (kid == NULL || !alike(ours->kids[i], kid))
			return false;
	}
	return ours->n > 0 || node_equal(ours, theirs);
}

/* Errors by the letter of YAML 1.2, and no value for anybody. */
static void
what_libyaml_lets_pass_is_refused(void **state)
{
	static const struct {
		const char *yaml, *why;
	} bad[] = {
		{ "a: [b,\nc]\n", "too far left" },
		{ "a: [\n  b\n]\n", "too far left" },
		{ "a:\n- {b: c,\nd: e}\n", "too far left" },
		{ "a:\n  b: [c,\n  d]\n", "too far left" },
		{ "a: \"b\nc\"\n", "too far left" },
		{ "a:\n  b: 'c\n\n  d'\n", "too far left" },
		{ "a: \"b\"# c\n", "sticks" },
		{ "a: [b,# c\n  d]\n", "sticks" },
		{ "a: [b]# c\n", "sticks" },
		{ "a: ># b\n  c\n", "sticks" },
		{ "a: |\n    \n  b\n", "wider" },
		{ "a: >\n \n  \n   \n # b\n", "wider" },
		{ "a: [-]\n", "indicator" },
		{ "a: [-, b]\n", "indicator" },
	};
	static const char *const good[] = { "a: [b,\n c]\n",
		"a: [b, # c\n# d\n  e]\n", "a: \"b\n\n c\"\n",
		"a:\n- b: [c,\n   d]\n", "a: b#c\n", "a: b # c # d#e\n",
		"a: |2\n     \n  b\n", "a: |\n    \nb: c\n", "a: [-b, --]\n",
		"a: \"b # c\"\n",
		"\xc3\xa9: [\xe2\x82\xac] # b\nc: [d,\n e]\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct node *n;

		assert_err(read_doc(&n, bad[i].yaml, strlen(bad[i].yaml)),
		    ERR_SYNTAX, bad[i].why);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct node *n;

		assert_ok(read_doc(&n, good[i], strlen(good[i])));
		node_free(n);
	}
}

static bool
is_case(const char *name)
{
	size_t len = strlen(name);

	return len > 5 && strcmp(name + len - 5, ".yaml") == 0;
}

/* Compare one accepted file with the JSON beside it; false if there is none. */
static bool
agrees(const char *dir, const char *name, const struct node *ours)
{
	char *path =
	    mem_printf("%s/%.*s.json", dir, (int)strlen(name) - 5, name);
	struct buf b = BUF_INIT;
	struct node *theirs = NULL;
	struct err *e = file_read(&b, path, 1 << 20);

	if (e == NULL) {
		assert_ok(json_parse(&theirs, b.data, b.len, path));
		if (!alike(ours, theirs)) {
			buf_clear(&b);
			node_write_json(&b, ours);
			fail_msg("%s: read as %s", name, b.data);
		}
	}
	err_drop(e);
	node_free(theirs);
	buf_release(&b);
	free(path);
	return theirs != NULL;
}

static void
what_is_accepted_of_the_test_suite_is_read_right(void **state)
{
	char *dir = samples("yaml/yaml-test-suite");
	struct strs names = VEC_INIT;
	unsigned compared = 0;

	(void)state;
	assert_ok(file_list(&names, dir));
	for (size_t i = 0; i < names.n; i++) {
		char *path = path_join(dir, names.v[i]);
		struct buf b = BUF_INIT;
		struct node *n = NULL;
		struct err *e;

		if (is_case(names.v[i])) {
			assert_ok(file_read(&b, path, 1 << 20));
			if ((e = read_doc(&n, b.data, b.len)) == NULL) {
				/* what is an error has no value beside it */
				assert_true(agrees(dir, names.v[i], n));
				compared++;
			}
			err_drop(e); /* an error, or more than our subset */
		}
		node_free(n);
		buf_release(&b);
		free(path);
	}
	assert_true(compared >= 10);
	strs_release(&names);
	free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_what_they_look_like),
		cmocka_unit_test(lines_are_counted_from_where_the_piece_began),
		cmocka_unit_test(plain_documents_are_what_libyaml_sees_in_them),
		cmocka_unit_test(one_text_is_one_document),
		cmocka_unit_test(what_libyaml_lets_pass_is_refused),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(deep_nesting_is_refused_before_it_hurts),
		cmocka_unit_test(a_map_of_many_keys_is_read_in_good_time),
		cmocka_unit_test(
		    many_texts_of_several_lines_are_read_in_good_time),
		cmocka_unit_test(hostile_files_are_refused_at_once),
		cmocka_unit_test(
		    what_is_accepted_of_the_test_suite_is_read_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
