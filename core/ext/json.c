/* SPDX-License-Identifier: ISC */
#include "core/ext/json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* A text that ends at its end, whatever is in it. */
static struct node *
convert_text(const json_t *from)
{
	const char *p = json_string_value(from);
	size_t len = json_string_length(from);
	struct buf b = BUF_INIT;
	struct node *n;

	if (memchr(p, '\0', len) == NULL)
		return node_strn(p, len);
	for (size_t i = 0; i < len; i++)
		if (p[i] != '\0')
			buf_addc(&b, p[i]);
		else
			buf_adds(&b, "\xe2\x90\x80");
	n = node_strn(b.data, b.len);
	buf_release(&b);
	return n;
}

static struct node *
convert(const json_t *from)
{
	struct node *n;
	const char *key;
	json_t *kid;
	size_t i;

	switch (json_typeof(from)) {
	case JSON_OBJECT:
		n = node_map();
		/* no key is there twice, so none is looked for */
		json_object_foreach((json_t *)from, key, kid)
		    node_add(n, key, convert(kid));
		return n;
	case JSON_ARRAY:
		n = node_list();
		json_array_foreach(from, i, kid) node_push(n, convert(kid));
		return n;
	case JSON_STRING:
		return convert_text(from);
	case JSON_INTEGER:
		return node_int(json_integer_value(from));
	case JSON_REAL: {
		char text[40];

		snprintf(text, sizeof(text), "%.17g", json_real_value(from));
		return node_str(text);
	}
	case JSON_TRUE:
	case JSON_FALSE:
		return node_bool(json_is_true(from));
	case JSON_NULL:
		break;
	}
	return node_null();
}

static struct err *
parse(struct node **out, const char *p, size_t len, const char *name,
    size_t flags)
{
	json_error_t why;
	json_t *root;

	*out = NULL;
	root = json_loadb(
	    p, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | flags, &why);
	if (root == NULL)
		return err_new(
		    ERR_SYNTAX, "%s:%d: %s", name, why.line, why.text);
	*out = convert(root);
	json_decref(root);
	return NULL;
}

struct err *
json_parse(struct node **out, const char *p, size_t len, const char *name)
{
	return parse(out, p, len, name, 0);
}

struct err *
json_parse_message(
    struct node **out, const char *p, size_t len, const char *name)
{
	return parse(out, p, len, name, JSON_ALLOW_NUL);
}
