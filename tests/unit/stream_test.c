/* SPDX-License-Identifier: ISC */
#include "core/stream.h"

#include <stdio.h>

#include "core/emit.h"
#include "core/util/proc.h"
#include "tests/unit/unit.h"

#define TIME "2026-11-21T22:55:27Z"
#define NONCE "nonce: \"000102030405060708090a0b0c0d0e0f\"\n"

static const struct kind *
kind(const char *name)
{
	const struct kind *found;

	assert_ok(kind_find(&found, name));
	return found;
}

/* An entry by the specification alone; its id goes to id, if not NULL. */
static void
write_kind(struct buf *out, const char *kind, char *id, const char *after,
    const char *recorded, const char *body)
{
	char digest[SHA256_HEX], hex[SHA256_HEX];
	char *envelope;

	digest_of(body, strlen(body), digest);
	envelope =
	    mem_printf("deed: 1\nkind: %s\nafter: [%s]\nrecorded: \"%s\"\n"
		       "content: \"%s\"\n",
		kind, after, recorded, digest);
	digest_of(envelope, strlen(envelope), hex);
	if (id != NULL)
		memcpy(id, hex, SHA256_HEX);
	buf_addf(out, "---\n%s%s", envelope, body);
	free(envelope);
}

static void
write_entry(struct buf *out, char *id, const char *after, const char *recorded,
    const char *body)
{
	write_kind(out, "note", id, after, recorded, body);
}

static struct err *
parse(struct stream **out, const void *p, size_t len)
{
	struct buf b = BUF_INIT;

	buf_add(&b, p, len);
	return stream_parse(out, &b, "x.yaml");
}

static struct stream *
parsed(const struct buf *b)
{
	struct stream *s;

	assert_ok(parse(&s, b->data, b->len));
	return s;
}

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

/*
 * Random histories: a graph of entries, and streams that hold some of them,
 * in any order of the file, whole, withheld or forged.
 */

#define POOL 12
#define ROUNDS 400

struct pool {
	char *text[POOL];      /* the entry whole */
	size_t envelope[POOL]; /* bytes of it up to the content */
	char id[POOL][SHA256_HEX];
};

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
fill(struct pool *p, uint64_t *seed)
{
	for (size_t i = 0; i < POOL; i++) {
		struct strs after = VEC_INIT;
		struct buf b = BUF_INIT, list = BUF_INIT;
		bool erases = i > 0 && any(seed, 4) == 0;
		const char *target =
		    erases ? p->id[any(seed, (uint32_t)i)] : "";
		char *body = erases ?
		    mem_printf(NONCE "target: \"%s\"\nerased: true\n"
				     "text: %zu\n",
			target, i) :
		    mem_printf(NONCE "text: %zu\n", i);
		char when[32];

		for (uint32_t n = any(seed, 4); i > 0 && n > 0; n--) {
			const char *id = p->id[any(seed, (uint32_t)i)];

			if (strs_find(&after, id) < 0)
				strs_add(&after, id);
		}
		if (after.n > 1)
			qsort(after.v, after.n, sizeof(*after.v), by_text);
		for (size_t j = 0; j < after.n; j++)
			buf_addf(
			    &list, "%s\"%s\"", j > 0 ? ", " : "", after.v[j]);
		snprintf(
		    when, sizeof(when), "2026-11-21T22:55:%02uZ", any(seed, 6));
		write_kind(&b, erases ? "correction" : "note", p->id[i],
		    list.data, when, body);
		p->envelope[i] = b.len - strlen(body);
		p->text[i] = buf_steal(&b);
		buf_release(&list);
		strs_release(&after);
		free(body);
	}
}

static struct stream *
some_of(const struct pool *p, uint64_t *seed)
{
	struct buf b = BUF_INIT;
	size_t order[POOL];
	struct stream *s;

	for (size_t i = 0; i < POOL; i++) {
		size_t j = any(seed, (uint32_t)i + 1);

		order[i] = order[j];
		order[j] = i;
	}
	for (size_t i = 0; i < POOL; i++) {
		size_t n = order[i];

		switch (any(seed, 8)) {
		case 0:
		case 1:
			break;
		case 2:
		case 3:
			buf_add(&b, p->text[n], p->envelope[n]);
			break;
		case 4:
			buf_add(&b, p->text[n], p->envelope[n]);
			buf_addf(&b, NONCE "text: f%u\n", any(seed, 20));
			break;
		default:
			buf_adds(&b, p->text[n]);
		}
	}
	if (b.len == 0)
		return stream_new("x.yaml");
	s = parsed(&b);
	buf_release(&b);
	return s;
}

static struct stream *
both(const struct stream *a, const struct stream *b)
{
	struct stream *s;

	assert_ok(stream_union(&s, a, b));
	assert_true(stream_is_ordered(s));
	return s;
}

static void
same(struct stream *a, struct stream *b)
{
	assert_string_equal(a->bytes.data, b->bytes.data);
	stream_free(a);
	stream_free(b);
}

static void
the_laws_hold(struct stream *a, struct stream *b, struct stream *c)
{
	struct stream *ab = both(a, b), *bc = both(b, c);

	same(both(ab, c), both(a, bc));
	same(both(a, b), both(b, a));
	same(both(ab, ab), both(a, ab));
	same(both(ab, b), ab);
	stream_free(bc);
}

static void
a_union_of_streams_obeys_the_laws_of_sets(void **state)
{
	uint64_t seed = 20261121;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct stream *a, *b, *c;
		struct pool p;

		fill(&p, &seed);
		a = some_of(&p, &seed);
		b = some_of(&p, &seed);
		c = round % 20 == 0 ? stream_new("") : some_of(&p, &seed);
		the_laws_hold(a, b, c);
		the_laws_hold(c, c, a);
		for (size_t i = 0; i < POOL; i++)
			free(p.text[i]);
		stream_free(a);
		stream_free(b);
		stream_free(c);
	}
}

static void
a_union_holds_every_entry_and_the_better_copy_unless_erased(void **state)
{
	uint64_t seed = 7;
	size_t n_erased = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct strs erased = VEC_INIT;
		struct pool p;
		struct stream *s[2], *u;

		fill(&p, &seed);
		s[0] = some_of(&p, &seed);
		s[1] = some_of(&p, &seed);
		u = both(s[0], s[1]);
		stream_erased(&erased, u);
		n_erased += erased.n;
		for (size_t i = 0; i < POOL; i++) {
			const struct entry *got = stream_find(u, p.id[i]);
			bool here = false, whole = false;

			for (size_t j = 0; j < 2; j++) {
				const struct entry *e =
				    stream_find(s[j], p.id[i]);

				here |= e != NULL;
				whole |= e != NULL && e->content_len > 0 &&
				    !e->forged;
			}
			assert_int_equal(got != NULL, here);
			if (here && strs_has(&erased, p.id[i]))
				assert_int_equal(got->content_len, 0);
			else if (whole)
				assert_true(
				    got->content_len > 0 && !got->forged);
			free(p.text[i]);
		}
		strs_release(&erased);
		stream_free(s[0]);
		stream_free(s[1]);
		stream_free(u);
	}
	assert_true(n_erased > 0);
}

/* The definition, word for word. */
static void
order_slowly(const struct stream *s, size_t *out)
{
	bool *written = mem_zero(s->n, sizeof(*written));

	for (size_t n = 0; n < s->n; n++) {
		size_t best = s->n;

		for (size_t i = 0; i < s->n; i++) {
			const struct entry *x = &s->v[i], *y = &s->v[best];
			bool ready = !written[i];
			int order;

			for (size_t j = 0; j < x->after.n; j++) {
				struct entry *parent =
				    stream_find(s, x->after.v[j]);

				if (parent != NULL && !written[parent - s->v])
					ready = false;
			}
			if (!ready)
				continue;
			order = best == s->n ? -1 :
					       strcmp(x->recorded, y->recorded);
			if (order < 0 ||
			    (order == 0 && strcmp(x->id, y->id) < 0))
				best = i;
		}
		assert_true(best < s->n);
		written[best] = true;
		out[n] = best;
	}
	free(written);
}

static void
stream_order_is_as_defined(void **state)
{
	uint64_t seed = 42;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct pool p;
		struct stream *s;
		size_t quick[POOL], slow[POOL];

		fill(&p, &seed);
		s = some_of(&p, &seed);
		stream_order(s, quick);
		order_slowly(s, slow);
		for (size_t i = 0; i < s->n; i++)
			assert_int_equal(quick[i], slow[i]);
		for (size_t i = 0; i < POOL; i++)
			free(p.text[i]);
		stream_free(s);
	}
}

static void
appending_keeps_stream_order(void **state)
{
	uint64_t seed = 5;

	(void)state;
	for (int round = 0; round < 50; round++) {
		struct pool p;
		struct stream *a, *s;
		struct entry *entry;

		fill(&p, &seed);
		a = some_of(&p, &seed);
		s = both(a, a);
		for (int i = 0; i < 3; i++) {
			char when[32];

			snprintf(when, sizeof(when), "2026-11-21T22:55:%02uZ",
			    any(&seed, 6));
			assert_ok(stream_append(
			    &entry, s, kind("note"), node_map(), when));
			assert_true(stream_is_ordered(s));
		}
		for (size_t i = 0; i < POOL; i++)
			free(p.text[i]);
		stream_free(a);
		stream_free(s);
	}
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
		cmocka_unit_test(a_union_of_streams_obeys_the_laws_of_sets),
		cmocka_unit_test(
		    a_union_holds_every_entry_and_the_better_copy_unless_erased),
		cmocka_unit_test(stream_order_is_as_defined),
		cmocka_unit_test(appending_keeps_stream_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
