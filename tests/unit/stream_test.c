/* SPDX-License-Identifier: ISC */
#include "core/stream.h"

#include <stdio.h>

#include "core/emit.h"
#include "core/util/proc.h"
#include "tests/unit/streams.h"

/* Three entries, the last two in a row behind the first. */
static struct stream *
small(void)
{
	static const char *const kinds[] = { "order", "note", "delivery" };
	static const char *const texts[] = { "a logo", "said \"hi\"\n---\n",
		"\xf0\x9f\x98\x80" };
	struct stream *s = stream_new("small.yaml");
	struct entry *entry;

	for (size_t i = 0; i < 3; i++) {
		struct node *content = node_map();

		node_put_str(content, "text", texts[i]);
		node_put_str(content, "by", "Jane Dev");
		assert_ok(
		    stream_append(&entry, s, kind(kinds[i]), content, TIME));
	}
	return s;
}

static void
is_sha256(const char *p, size_t len, const char *hex)
{
	struct proc_spec spec = { .argv = (const char *const[]){ "sha256sum",
				      NULL },
		.in = p,
		.in_len = len };
	struct buf out = BUF_INIT;
	int status;

	assert_ok(proc_run(&spec, &out, NULL, &status));
	assert_int_equal(status, 0);
	assert_memory_equal(out.data, hex, 64);
	assert_memory_equal(out.data + 64, "  -\n", 4);
	buf_release(&out);
}

static void
ids_and_digests_are_what_sha256sum_says(void **state)
{
	struct stream *s = small();
	const char *p = s->bytes.data;

	(void)state;
	for (size_t i = 0; i < s->n; i++) {
		const char *envelope, *content, *end;

		assert_memory_equal(p, "---\ndeed: 1\n", 12);
		envelope = p + 4;
		content = strchr(strstr(p, "\ncontent: ") + 1, '\n') + 1;
		end = strstr(content, "\n---\n");
		end = end == NULL ? s->bytes.data + s->bytes.len : end + 1;
		is_sha256(envelope, (size_t)(content - envelope), s->v[i].id);
		is_sha256(content, (size_t)(end - content), s->v[i].content_id);
		p = end;
	}
	assert_ptr_equal(p, s->bytes.data + s->bytes.len);
	stream_free(s);
}

static void
an_entry_is_written_as_specified(void **state)
{
	struct stream *s = small();
	struct buf b = BUF_INIT;
	static const char *const kinds[] = { "order", "note", "delivery" };
	static const char *const texts[] = { "a logo",
		"\"said \\\"hi\\\"\\n---\\n\"", "\"\xf0\x9f\x98\x80\"" };

	(void)state;
	for (size_t i = 0; i < s->n; i++) {
		const struct node *content;
		char *after =
		    i == 0 ? mem_dup("") : mem_printf("\"%s\"", s->v[i - 1].id);

		assert_ok(entry_content(&content, s, &s->v[i]));
		buf_addf(&b,
		    "---\ndeed: 1\nkind: %s\nafter: [%s]\nrecorded: \"" TIME
		    "\"\ncontent: \"%s\"\nnonce: \"%s\"\nby: Jane Dev\n"
		    "text: ",
		    kinds[i], after, s->v[i].content_id,
		    node_text(content, "nonce"));
		if (i == 1)
			buf_adds(&b, "|2+\n  said \"hi\"\n  ---\n");
		else
			buf_addf(&b, "%s\n", texts[i]);
		free(after);
	}
	assert_bytes(&s->bytes, b.data);
	buf_release(&b);
	stream_free(s);
}

static void
what_was_appended_is_what_is_read(void **state)
{
	struct stream *s = small(), *back = parsed(&s->bytes);

	(void)state;
	assert_int_equal(back->n, s->n);
	for (size_t i = 0; i < s->n; i++) {
		const struct entry *a = &s->v[i], *b = &back->v[i];
		const struct node *content;

		assert_string_equal(a->id, b->id);
		assert_string_equal(a->content_id, b->content_id);
		assert_string_equal(a->recorded, b->recorded);
		assert_ptr_equal(a->kind, b->kind);
		assert_int_equal(a->at, b->at);
		assert_int_equal(a->len, b->len);
		assert_int_equal(a->line, b->line);
		assert_int_equal(a->content_at, b->content_at);
		assert_false(b->forged);
		assert_ok(entry_content(&content, back, &back->v[i]));
		assert_true(node_equal(content, a->content));
	}
	stream_free(s);
	stream_free(back);
}

static void
a_new_entry_comes_after_all_tips(void **state)
{
	struct buf b = BUF_INIT;
	char one[SHA256_HEX], two[SHA256_HEX], old[SHA256_HEX];
	struct strs tips = VEC_INIT;
	struct stream *s;
	struct entry *entry;
	char *quoted;

	(void)state;
	write_entry(&b, old, "", TIME, NONCE);
	quoted = mem_printf("\"%s\"", old);
	write_entry(&b, one, quoted, TIME, NONCE "text: one\n");
	write_entry(&b, two, quoted, TIME, NONCE "text: two\n");
	s = parsed(&b);
	assert_ok(stream_append(
	    &entry, s, kind("note"), node_map(), "2020-01-01T00:00:00Z"));
	assert_int_equal(entry->after.n, 2);
	assert_true(strs_find(&entry->after, one) >= 0);
	assert_true(strs_find(&entry->after, two) >= 0);
	assert_true(strcmp(entry->after.v[0], entry->after.v[1]) < 0);
	stream_tips(s, &tips);
	assert_int_equal(tips.n, 1);
	assert_string_equal(tips.v[0], entry->id);
	strs_release(&tips);
	stream_free(s);
	buf_release(&b);
	free(quoted);
}

static bool
is_no_note(const struct entry *entry, void *arg)
{
	(void)arg;
	return strcmp(entry->kind->name, "note") != 0;
}

static void
a_withheld_entry_keeps_its_place_and_every_id(void **state)
{
	struct stream *s = small(), *rest;
	struct buf b = BUF_INIT;
	const struct node *content;

	(void)state;
	stream_withhold(&b, s, is_no_note, NULL);
	assert_null(strstr(b.data, "said"));
	rest = parsed(&b);
	assert_int_equal(rest->n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(rest->v[i].id, s->v[i].id);
	assert_ok(stream_load(rest));
	assert_ok(entry_content(&content, rest, &rest->v[1]));
	assert_null(content);
	assert_false(rest->v[1].forged);
	assert_ok(entry_content(&content, rest, &rest->v[2]));
	assert_non_null(content);
	stream_free(s);
	stream_free(rest);
	buf_release(&b);
}

static void
a_forged_content_is_noticed(void **state)
{
	struct stream *s = small(), *forged;
	const struct node *content;

	(void)state;
	*strstr(s->bytes.data, "said") = 'p';
	forged = parsed(&s->bytes);
	assert_false(forged->v[0].forged);
	assert_true(forged->v[1].forged);
	assert_false(forged->v[2].forged);
	assert_err(entry_content(&content, forged, &forged->v[1]), ERR_MISMATCH,
	    "x.yaml:10: ");
	assert_null(content);
	assert_err(stream_load(forged), ERR_MISMATCH, "x.yaml:10: ");
	stream_free(s);
	stream_free(forged);
}

/* The order file shown in deed-order(5). */
static void
example_of_the_page(struct buf *out)
{
	struct buf page = BUF_INIT;
	const char *start, *end;

	assert_ok(file_read(&page, "man/deed-order.5", 1 << 20));
	start = strstr(page.data, "example: begin\n.Bd -literal\n---\n");
	assert_non_null(start);
	start = strstr(start, "---\n");
	end = strstr(start, "\n.Ed\n");
	buf_add(out, start, (size_t)(end + 1 - start));
	buf_release(&page);
}

static void
the_example_of_the_page_is_as_deed_would_write_it(void **state)
{
	struct buf b = BUF_INIT, again = BUF_INIT;
	struct stream *s;

	(void)state;
	example_of_the_page(&b);
	s = parsed(&b);
	assert_ok(stream_load(s));
	assert_true(stream_is_ordered(s));
	for (size_t i = 0; i < s->n; i++) {
		const struct entry *entry = &s->v[i];

		if (entry->content == NULL)
			continue;
		kind_arrange(entry->kind, entry->content);
		buf_clear(&again);
		emit_map(&again, entry->content);
		assert_int_equal(again.len, entry->content_len);
		assert_memory_equal(
		    again.data, s->bytes.data + entry->content_at, again.len);
	}
	stream_free(s);
	buf_release(&b);
	buf_release(&again);
}

static void
the_chain_script_proves_what_deed_wrote(void **state)
{
	char *dir = scratch(), *path = mem_printf("%s/order.yaml", dir);
	struct proc_spec spec = { .argv = (const char *const[]){ "sh",
				      "data/check-chain.sh", path, NULL } };
	struct stream *s = small();
	struct buf out = BUF_INIT;
	int status;

	(void)state;
	assert_ok(file_create(path, s->bytes.data, s->bytes.len, 0600));
	assert_ok(proc_run(&spec, &out, NULL, &status));
	assert_bytes(&out, "ok 3 entries, 0 withheld\n");
	assert_int_equal(status, 0);
	file_remove_tree(dir);
	free(dir);
	free(path);
	stream_free(s);
	buf_release(&out);
}

/*
 * What is refused, with the line.
 */

static const struct {
	const char *body;
	unsigned line;
	const char *rule;
} contents[] = {
	{ NONCE "text: \"a\xc2\x85"
		"b\"\n",
	    8, "U+0085" },
	{ NONCE "text: \"a\xe2\x80\xa8"
		"b\"\n",
	    8, "U+2028" },
	{ NONCE "text: \"a\xe2\x80\xa9"
		"b\"\n",
	    8, "U+2029" },
	{ NONCE "text: a\rby: b\n", 8, "U+000D" },
	{ NONCE "text: a\r\n", 8, "U+000D" },
	{ NONCE "text: \"\xef\xbb\xbf\"\n", 8, "U+FEFF" },
	{ NONCE "text: \"\x7f\"\n", 8, "U+007F" },
	{ NONCE "text: \"\x1b\"\n", 8, "U+001B" },
	{ NONCE "text: \"\xc2\x9b\"\n", 8, "U+009B" },
	{ NONCE "text: \"\xff\"\n", 8, "not UTF-8" },
	{ NONCE "text: \"\xed\xa0\x80\"\n", 8, "not UTF-8" },
	{ NONCE "text: a", 8, "no line feed" },
	{ NONCE "--- x\ntext: a\n", 8, "---" },
	{ NONCE "---- \n", 8, "---" },
	{ NONCE "text: |2-\n  a\n---b\n", 10, "---" },
	{ NONCE "...\n", 8, "..." },
	{ NONCE "...x: 1\n", 8, "..." },
	{ NONCE "%YAML 1.1\n", 8, "%" },
	{ NONCE "# so\n", 8, "#" },
	{ NONCE "\ttext: a\n", 8, "tab" },
	{ NONCE "text: a\ntext: b\n", 9, "twice" },
	{ NONCE "files:\n  - name: a\n    size: 1\n    name: b\n", 11,
	    "twice" },
	{ NONCE "kind: order\n", 8, "twice" },
	{ NONCE "recorded: \"" TIME "\"\n", 8, "twice" },
	{ NONCE "text: *a\n", 8, "alias" },
	{ NONCE "text: &a b\n", 8, "anchor" },
	{ NONCE "&a text: b\n", 8, "anchor" },
	{ NONCE "files: &a []\n", 8, "anchor" },
	{ NONCE "text: !!str b\n", 8, "tag" },
	{ NONCE "text: !x b\n", 8, "tag" },
	{ NONCE "party: !!map {}\n", 8, "tag" },
	{ NONCE "party: {<<: {a: b}}\n", 8, "merge" },
	{ "{nonce: \"000102030405060708090a0b0c0d0e0f\"}\n", 7,
	    "one key a line" },
	{ "- nonce\n", 7, "one key a line" },
	{ "nonce\n", 7, "one key a line" },
	{ "\n", 8, "no document" },
	{ NONCE "? [a]\n: b\n", 8, "key" },
	{ NONCE "text: \"a\n", 9, "" },
	{ NONCE "text: a\n b: c\n", 9, "" },
	{ NONCE "text: \"\\0\"\n", 8, "NUL" },
	{ NONCE "\"a\\0\": b\n", 8, "NUL" },
	{ "text: a\n" NONCE, 1, "nonce" },
	{ "text: a\n", 1, "nonce" },
	{ "nonce: \"00\"\n", 1, "nonce" },
	{ "nonce: 1234567890123456\n", 1, "nonce" },
	{ "nonce: \"000102030405060708090A0B0C0D0E0F\"\n", 1, "nonce" },
};

static void
a_content_that_two_readers_could_read_in_two_ways_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
		struct buf b = BUF_INIT;
		struct stream *s;
		char *where = mem_printf("x.yaml:%u: ", contents[i].line);
		struct err *e;

		write_entry(&b, NULL, "", TIME, contents[i].body);
		if ((e = parse(&s, b.data, b.len)) == NULL)
			e = stream_load(s);
		if (e == NULL || strstr(err_text(e), where) == NULL ||
		    strstr(err_text(e), contents[i].rule) == NULL)
			fail_msg("%s\nwas not refused for %s%s: %s",
			    contents[i].body, where, contents[i].rule,
			    e == NULL ? "fine" : err_text(e));
		if (s != NULL) { /* asked once more, it is still refused */
			assert_null(s->v[0].content);
			assert_err(stream_load(s), ERR_SYNTAX, where);
		}
		err_drop(e);
		stream_free(s);
		buf_release(&b);
		free(where);
	}
}

#define HEX64 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEX64B \
	"10112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static const struct {
	const char *text;
	unsigned line;
	int code;
	const char *rule;
} envelopes[] = {
	{ "", 1, ERR_SYNTAX, "empty" },
	{ "deed: 1\n", 1, ERR_SYNTAX, "begins with a line \"---\"" },
	{ "\xef\xbb\xbf---\n", 1, ERR_SYNTAX, "U+FEFF" },
	{ "--- \ndeed: 1\n", 1, ERR_SYNTAX, "begins with a line \"---\"" },
	{ "---\n", 2, ERR_SYNTAX, "deed: 1" },
	{ "---\n---\n", 2, ERR_SYNTAX, "deed: 1" },
	{ "---\nkind: note\n", 2, ERR_SYNTAX, "deed: 1" },
	{ "---\ndeed: 2\n", 2, ERR_UNSUPPORTED, "newer" },
	{ "---\ndeed: 0\n", 2, ERR_SYNTAX, "deed: 1" },
	{ "---\ndeed: 01\n", 2, ERR_SYNTAX, "deed: 1" },
	{ "---\ndeed:  1\n", 2, ERR_SYNTAX, "deed: 1" },
	{ "---\ndeed: 1 \n", 2, ERR_SYNTAX, "deed: 1" },
	{ "---\ndeed: \"1\"\n", 2, ERR_SYNTAX, "deed: 1" },
	{ "---\ndeed: 1\nkind: \"note\"\n", 3, ERR_SYNTAX, "kind" },
	{ "---\ndeed: 1\nkind: nonsense\n", 3, ERR_SYNTAX, "unknown kind" },
	{ "---\ndeed: 1\nkind: note \n", 3, ERR_SYNTAX, "unknown kind" },
	{ "---\ndeed: 1\nafter: []\n", 3, ERR_SYNTAX, "kind" },
#define AFTER "---\ndeed: 1\nkind: note\nafter: "
	{ AFTER "\n", 4, ERR_SYNTAX, "after" },
	{ AFTER "[ ]\n", 4, ERR_SYNTAX, "after" },
	{ AFTER "[] \n", 4, ERR_SYNTAX, "after" },
	{ AFTER "[\n", 4, ERR_SYNTAX, "after" },
	{ AFTER "[\"" HEX64 "\"\n", 4, ERR_SYNTAX, "after" },
	{ AFTER "[\"" HEX64 "\" ]\n", 4, ERR_SYNTAX, "after" },
	{ AFTER "[" HEX64 "]\n", 4, ERR_SYNTAX, "after" },
	{ AFTER "[\"0011\"]\n", 4, ERR_SYNTAX, "after" },
	{ AFTER "[\"" HEX64 "\",\"" HEX64B "\"]\n", 4, ERR_SYNTAX, "after" },
	{ AFTER "[\"" HEX64 "\",  \"" HEX64B "\"]\n", 4, ERR_SYNTAX, "after" },
	{ AFTER "[\"" HEX64 "\", ]\n", 4, ERR_SYNTAX, "after" },
	{ AFTER "[\"" HEX64B "\", \"" HEX64 "\"]\n", 4, ERR_SYNTAX, "sorted" },
	{ AFTER "[\"" HEX64 "\", \"" HEX64 "\"]\n", 4, ERR_SYNTAX, "sorted" },
	{ AFTER "\n  - \"" HEX64 "\"\n", 4, ERR_SYNTAX, "after" },
#define RECORDED AFTER "[]\nrecorded: "
	{ RECORDED TIME "\n", 5, ERR_SYNTAX, "recorded" },
	{ RECORDED "\"2026-11-21\"\n", 5, ERR_SYNTAX, "recorded" },
	{ RECORDED "\"2026-11-21 22:55:27Z\"\n", 5, ERR_SYNTAX, "recorded" },
	{ RECORDED "\"2026-11-21t22:55:27Z\"\n", 5, ERR_SYNTAX, "recorded" },
	{ RECORDED "\"2026-11-21T22:55:27z\"\n", 5, ERR_SYNTAX, "recorded" },
	{ RECORDED "\"2026-11-21T22:55:60Z\"\n", 5, ERR_SYNTAX, "recorded" },
	{ RECORDED "\"2026-02-29T22:55:27Z\"\n", 5, ERR_SYNTAX, "recorded" },
	{ RECORDED "\"2026-11-21T22:55+00Z\"\n", 5, ERR_SYNTAX, "recorded" },
	{ RECORDED "\"" TIME "\" \n", 5, ERR_SYNTAX, "recorded" },
#define CONTENT RECORDED "\"" TIME "\"\ncontent: "
	{ CONTENT "\"0011\"\n", 6, ERR_SYNTAX, "content" },
	{ CONTENT HEX64 "\n", 6, ERR_SYNTAX, "content" },
	{ CONTENT "\"" HEX64 "\" \n", 6, ERR_SYNTAX, "content" },
	{ RECORDED "\"" TIME "\"\n", 6, ERR_SYNTAX, "content" },
	{ CONTENT "\"" HEX64 "\"\n---\ndeed: 1\n", 9, ERR_SYNTAX, "kind" },
	{ CONTENT "\"" HEX64 "\"\n" CONTENT "\"" HEX64 "\"\n", 7, ERR_SYNTAX,
	    "the same entry stands twice" },
};

static void
an_envelope_has_one_form_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(envelopes) / sizeof(envelopes[0]); i++) {
		struct stream *s;
		char *where = mem_printf("x.yaml:%u: ", envelopes[i].line);
		struct err *e =
		    parse(&s, envelopes[i].text, strlen(envelopes[i].text));

		if (e == NULL || !err_is(e, (enum err_code)envelopes[i].code) ||
		    strstr(err_text(e), where) == NULL ||
		    strstr(err_text(e), envelopes[i].rule) == NULL)
			fail_msg("%s\nwas not refused for %s%s: %s",
			    envelopes[i].text, where, envelopes[i].rule,
			    e == NULL ? "fine" : err_text(e));
		assert_null(s);
		err_drop(e);
		free(where);
	}
}

static void
unknown_keys_are_kept(void **state)
{
	struct buf b = BUF_INIT;
	const struct node *content;
	struct stream *s;

	(void)state;
	write_entry(&b, NULL, "", TIME, NONCE "colour: red\n");
	s = parsed(&b);
	assert_ok(entry_content(&content, s, &s->v[0]));
	assert_string_equal(node_text(content, "colour"), "red");
	stream_free(s);
	buf_release(&b);
}

static void
nothing_is_appended_that_could_not_be_read(void **state)
{
	static const struct {
		const char *key, *text;
		size_t len;
		int code;
	} cases[] = {
		{ "text", "bad \xff", 5, ERR_INVALID },
		{ "text", "a\0b", 3, ERR_INVALID },
		{ "kind", "order", 5, ERR_INVALID },
		{ "bad \xff", "x", 1, ERR_INVALID },
		{ "text", NULL, (1u << 20) + 1, ERR_LIMIT },
	};
	struct stream *s = small();
	struct entry *entry;
	size_t len = s->bytes.len, deep = 40;
	char *huge = mem_zero(1, 1100 * 1024);
	struct node *content = node_map(), *inner = content;

	(void)state;
	memset(huge, 'a', 1100 * 1024);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct node *n = node_map();

		node_put(n, cases[i].key,
		    node_strn(cases[i].text != NULL ? cases[i].text : huge,
			cases[i].len));
		assert_err(stream_append(&entry, s, kind("note"), n, TIME),
		    cases[i].code,
		    cases[i].key[0] == 'b' ? NULL : cases[i].key);
		assert_null(entry);
		assert_int_equal(s->n, 3);
		assert_int_equal(s->bytes.len, len);
	}
	while (deep-- > 0)
		inner = node_put(inner, "a", node_map());
	assert_err(stream_append(&entry, s, kind("note"), content, TIME),
	    ERR_LIMIT, "deep");
	assert_int_equal(s->n, 3);
	stream_free(s);
	free(huge);
}

static void
an_order_file_has_a_limit(void **state)
{
	struct node *content = node_map(), *list = node_list();
	char *mib = mem_zero(1, (1u << 20) + 1);
	struct stream *s = stream_new("big.yaml");
	struct entry *entry;
	size_t len;
	struct buf b = BUF_INIT;

	(void)state;
	memset(mib, 'a', 1u << 20);
	for (int i = 0; i < 40; i++)
		node_push_str(list, mib);
	node_put(content, "files", list);
	assert_ok(
	    stream_append(&entry, s, kind("note"), node_copy(content), TIME));
	len = s->bytes.len;
	assert_err(stream_append(&entry, s, kind("note"), content, TIME),
	    ERR_LIMIT, "64 MiB");
	assert_int_equal(s->n, 1);
	assert_int_equal(s->bytes.len, len);
	while (b.len <= STREAM_MAX)
		buf_add(&b, mib, 1u << 20);
	stream_free(s);
	assert_err(stream_parse(&s, &b, "big.yaml"), ERR_LIMIT, "64 MiB");
	assert_int_equal(b.len, 0);
	free(mib);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_and_digests_are_what_sha256sum_says),
		cmocka_unit_test(an_entry_is_written_as_specified),
		cmocka_unit_test(what_was_appended_is_what_is_read),
		cmocka_unit_test(a_new_entry_comes_after_all_tips),
		cmocka_unit_test(a_withheld_entry_keeps_its_place_and_every_id),
		cmocka_unit_test(a_forged_content_is_noticed),
		cmocka_unit_test(
		    the_example_of_the_page_is_as_deed_would_write_it),
		cmocka_unit_test(the_chain_script_proves_what_deed_wrote),
		cmocka_unit_test(
		    a_content_that_two_readers_could_read_in_two_ways_is_refused),
		cmocka_unit_test(an_envelope_has_one_form_only),
		cmocka_unit_test(unknown_keys_are_kept),
		cmocka_unit_test(nothing_is_appended_that_could_not_be_read),
		cmocka_unit_test(an_order_file_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
