/* SPDX-License-Identifier: ISC */
#include "core/emit.h"
#include "core/ext/json.h"
#include "core/kind.h"

#include "tests/unit/unit.h"

#define NOW 1795301727 /* 2026-11-21T22:55:27Z */

static size_t
n_kinds(void)
{
	size_t n = 0;

	while (kind_at(n) != NULL)
		n++;
	return n;
}

static void
every_kind_of_the_design_is_there_and_no_other(void **state)
{
	static const char *const names[] = { "order", "terms", "requirement",
		"change", "message", "call", "recap", "note", "file",
		"transcript", "mail", "revision", "delivery", "submission",
		"acceptance", "milestone", "completion", "cancellation",
		"refund", "ticket", "dispute", "payment", "handover",
		"platform", "timestamp", "correction", "package" };
	const struct kind *kind;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_ok(kind_find(&kind, names[i]));
		assert_string_equal(kind->name, names[i]);
	}
	assert_int_equal(n_kinds(), sizeof(names) / sizeof(names[0]));
}

static void
no_key_repeats_one_of_the_envelope_or_another(void **state)
{
	static const char *const envelope[] = { "deed", "kind", "after",
		"recorded", "content" };
	const struct kind *kind;

	(void)state;
	for (size_t i = 0; (kind = kind_at(i)) != NULL; i++) {
		for (size_t j = 0; j < 5; j++)
			assert_null(kind_key(kind, envelope[j]));
		assert_non_null(kind_key(kind, "text"));
		assert_non_null(kind_key(kind, "nonce"));
		for (const struct key *a = kind->keys; a->name != NULL; a++)
			assert_ptr_equal(kind_key(kind, a->name), a);
	}
}

static void
a_mistyped_kind_gets_a_suggestion(void **state)
{
	const struct kind *kind;
	struct err *e = kind_find(&kind, "delivry");

	(void)state;
	assert_null(kind);
	assert_string_equal(err_advice(e), "did you mean \"delivery\"?");
	assert_err(e, ERR_INVALID, "there is no kind \"delivry\"");
}

static void
typed_values_get_the_type_of_their_key(void **state)
{
	static const char hex[] = "00112233445566778899aabbccddeeff"
				  "00112233445566778899aabbccddeeff";
	const struct {
		enum key_type type;
		const char *typed, *written;
	} cases[] = {
		{ KEY_TEXT, "3", "k: \"3\"\n" },
		{ KEY_TEXT, "true", "k: \"true\"\n" },
		{ KEY_TEXT, "fast", "k: fast\n" },
		{ KEY_INT, "3", "k: 3\n" },
		{ KEY_INT, "-3", "k: -3\n" },
		{ KEY_INT, "3x", NULL },
		{ KEY_INT, "", NULL },
		{ KEY_INT, " 3", NULL },
		{ KEY_INT, "+3", NULL },
		{ KEY_INT, "99999999999999999999", NULL },
		{ KEY_BOOL, "true", "k: true\n" },
		{ KEY_BOOL, "yes", NULL },
		{ KEY_MONEY, "250 USD", "k: \"250 USD\"\n" },
		{ KEY_MONEY, "250", NULL },
		{ KEY_TIME, "yesterday", "k: \"2026-11-20T22:55:27Z\"\n" },
		{ KEY_TIME, "2026-11-30", "k: \"2026-11-30\"\n" },
		{ KEY_TIME, "then", NULL },
		{ KEY_ENTRY, hex, NULL },
		{ KEY_DIGEST, "1234", NULL },
		{ KEY_DIGEST, hex, NULL },
		{ KEY_LIST, "r1,r2", "k:\n  - r1\n  - r2\n" },
		{ KEY_LIST, " r1, r2 ,", "k:\n  - r1\n  - r2\n" },
		{ KEY_LIST, "", "k: []\n" },
		{ KEY_MAP, "x", NULL },
		{ KEY_MAPS, "x", NULL },
	};
	struct buf b = BUF_INIT;
	int offset = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct key key = { "k", cases[i].type };
		struct node *value = NULL, *map = node_map();
		struct err *e =
		    kind_value(&value, &key, cases[i].typed, NOW, &offset);

		buf_clear(&b);
		if (e == NULL) {
			node_put(map, "k", value);
			emit_map(&b, map);
		}
		if (cases[i].typed == hex) {
			assert_ok(e);
			assert_string_equal(node_text(map, "k"), hex);
		} else if (cases[i].written == NULL) {
			assert_err(e, ERR_INVALID, "k: ");
		} else {
			assert_ok(e);
			assert_bytes(&b, cases[i].written);
		}
		node_free(map);
	}
	buf_release(&b);
}

static void
keys_are_written_in_the_order_of_the_table(void **state)
{
	const struct kind *kind;
	struct node *content = node_map();
	struct buf b = BUF_INIT;

	(void)state;
	assert_ok(kind_find(&kind, "delivery"));
	node_put_str(content, "unknown", "kept");
	node_put_str(content, "text", "first version");
	node_put_str(content, "by", "Jane Dev");
	node_put_str(content, "label", "d1");
	node_put_str(content, "happened", "2026-11-21");
	node_put_str(content, "nonce", "00112233445566778899aabbccddeeff");
	kind_arrange(kind, content);
	emit_map(&b, content);
	assert_bytes(&b,
	    "nonce: \"00112233445566778899aabbccddeeff\"\n"
	    "happened: \"2026-11-21\"\n"
	    "by: Jane Dev\n"
	    "label: d1\n"
	    "text: first version\n"
	    "unknown: kept\n");
	node_free(content);
	buf_release(&b);
}

/*
 * deed-order(5) and the JSON Schema against the table.
 */

static const char *
type_name(enum key_type type)
{
	static const char *const names[] = { [KEY_TEXT] = "text",
		[KEY_INT] = "integer",
		[KEY_BOOL] = "true/false",
		[KEY_MONEY] = "money",
		[KEY_TIME] = "time",
		[KEY_DIGEST] = "digest",
		[KEY_ENTRY] = "entry",
		[KEY_LIST] = "list",
		[KEY_MAP] = "map",
		[KEY_MAPS] = "maps" };

	return names[type];
}

/* The text of a section ".Ss NAME", up to the next; yours. */
static char *
section(const char *page, const char *name)
{
	char *title = mem_printf("\n.Ss %s\n", name);
	const char *start = strstr(page, title), *end, *next;

	if (start == NULL)
		fail_msg("the page has no section %s", name);
	start += strlen(title) - 1;
	end = strstr(start, "\n.Ss ");
	next = strstr(start, "\n.Sh ");
	if (end == NULL || (next != NULL && next < end))
		end = next;
	free(title);
	return mem_ndup(start, (size_t)(end - start));
}

static size_t
count(const char *text, const char *words)
{
	size_t n = 0;

	while ((text = strstr(text, words)) != NULL) {
		text += strlen(words);
		n++;
	}
	return n;
}

/* The section names each of these keys with its type, in order, and no other. */
static void
names_all(const char *text, const char *of, const struct key *keys)
{
	const char *at = text;
	size_t n = 0;

	for (; keys->name != NULL; keys++, n++) {
		char *line = mem_printf(
		    "\n.It Va %s Pq %s\n", keys->name, type_name(keys->type));

		if (count(text, line) != 1 || (at = strstr(at, line)) == NULL)
			fail_msg("section %s does not say, or not in order: %s",
			    of, line);
		free(line);
	}
	assert_int_equal(count(text, "\n.It Va "), n);
}

static void
the_page_names_every_kind_and_key_with_its_type(void **state)
{
	static const struct key common[] = { { "nonce", KEY_TEXT },
		{ "happened", KEY_TIME }, { "captured", KEY_TIME },
		{ "zone", KEY_TEXT }, { "by", KEY_TEXT }, { "clock", KEY_TEXT },
		{ "anyway", KEY_TEXT }, { "blockers", KEY_LIST },
		{ "cites", KEY_LIST }, { NULL } };
	struct buf page = BUF_INIT;
	const struct kind *kind;
	char *text, *row;

	(void)state;
	assert_ok(file_read(&page, "man/deed-order.5", 1 << 20));
	text = section(page.data, "Every content");
	names_all(text, "Every content", common);
	free(text);
	for (size_t i = 0; (kind = kind_at(i)) != NULL; i++) {
		for (const struct key *key = common; key->name; key++)
			assert_int_equal(
			    kind_key(kind, key->name)->type, key->type);
		text = section(page.data, kind->name);
		names_all(text, kind->name, kind->keys);
		free(text);
		row = mem_printf("\n.It %s Ta %s\n", kind->name,
		    kind->label != NULL ? kind->label : "");
		text = section(page.data, "Labels");
		assert_int_equal(count(text, row), kind->label != NULL ? 1 : 0);
		free(text);
		free(row);
	}
	text = strstr(page.data, "\n.Ss order\n");
	*strstr(text, "\n.Sh ") = '\0';
	assert_int_equal(count(text, "\n.Ss "), n_kinds());
	buf_release(&page);
}

/* Does a schema of one key accept the values of its type and no other? */
static void
has_type(const struct node *defs, const struct node *schema, const char *kind,
    const struct key *key)
{
	static const char *const types[] = { [KEY_TEXT] = "string",
		[KEY_INT] = "integer",
		[KEY_BOOL] = "boolean",
		[KEY_MONEY] = "#/$defs/money",
		[KEY_TIME] = "#/$defs/time",
		[KEY_DIGEST] = "#/$defs/digest",
		[KEY_ENTRY] = "#/$defs/digest",
		[KEY_LIST] = "array",
		[KEY_MAP] = "object",
		[KEY_MAPS] = "array" };
	const char *type = node_text(schema, "type");
	const struct node *item;

	if (type == NULL)
		type = node_text(schema, "$ref");
	/* a map that has a name of its own */
	if (type != NULL && strncmp(type, "#/$defs/", 8) == 0 &&
	    key->type == KEY_MAP)
		type = node_text(node_get(defs, type + 8), "type");
	if (type == NULL && node_get(schema, "enum") != NULL)
		type = "string";
	if (type == NULL || strcmp(type, types[key->type]) != 0)
		fail_msg("the schema gives %s.%s the type %s", kind, key->name,
		    type != NULL ? type : "none");
	if (strcmp(type, "array") != 0)
		return;
	item = node_get(schema, "items");
	type = node_text(item, "type");
	if (type == NULL)
		type = node_text(
		    node_get(defs, node_text(item, "$ref") + 8), "type");
	assert_string_equal(type, key->type == KEY_LIST ? "string" : "object");
}

static void
the_schema_names_every_kind_and_key_with_its_type(void **state)
{
	struct buf text = BUF_INIT;
	const struct kind *kind;
	const struct node *defs, *names;
	struct node *schema;

	(void)state;
	assert_ok(file_read(&text, "share/schema/entry.schema.json", 1 << 20));
	assert_ok(json_parse(&schema, text.data, text.len, "schema"));
	defs = node_get(schema, "$defs");
	names = node_find(schema, "properties.kind.enum");
	assert_int_equal(node_count(names), n_kinds());
	for (size_t i = 0; (kind = kind_at(i)) != NULL; i++) {
		const struct node *keys =
		    node_get(node_get(defs, kind->name), "properties");
		size_t n = 0;

		assert_true(node_has(names, kind->name));
		for (const struct key *key = kind->keys; key->name; key++, n++)
			has_type(
			    defs, node_get(keys, key->name), kind->name, key);
		assert_int_equal(node_count(keys), n);
		keys = node_find(defs, "every.properties");
		for (size_t j = 0; j < keys->n; j++)
			has_type(defs, keys->kids[j], "every",
			    kind_key(kind, keys->keys[j]));
	}
	node_free(schema);
	buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_kind_of_the_design_is_there_and_no_other),
		cmocka_unit_test(no_key_repeats_one_of_the_envelope_or_another),
		cmocka_unit_test(a_mistyped_kind_gets_a_suggestion),
		cmocka_unit_test(typed_values_get_the_type_of_their_key),
		cmocka_unit_test(keys_are_written_in_the_order_of_the_table),
		cmocka_unit_test(
		    the_page_names_every_kind_and_key_with_its_type),
		cmocka_unit_test(
		    the_schema_names_every_kind_and_key_with_its_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
