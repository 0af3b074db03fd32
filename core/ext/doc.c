/* SPDX-License-Identifier: ISC */
#include "core/ext/doc.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "core/ext/docform.h"
#include "core/ext/docplain.h"
#include "core/util/mem.h"
#include "core/util/utf8.h"

struct reader {
	yaml_parser_t parser;
	const char *name;
	unsigned line; /* of the first byte */
	struct docform form;
	size_t indent; /* column of the block collection around */
	bool flow;     /* within brackets */
};

struct err *
doc_vet(const char *p, size_t len, const char *name, unsigned line)
{
	unsigned char byte = '\n', before;
	size_t used;

	for (const char *end = p + len; p < end; p += used) {
		uint32_t c;

		used = 1;
		before = byte;
		byte = (unsigned char)*p;
		if (byte == '\t' && before == '\n')
			return err_new(ERR_SYNTAX,
			    "%s:%u: a line may not begin with a tab", name,
			    line);
		if (byte == '\n')
			line++;
		if ((byte >= 0x20 && byte < 0x7f) || byte == '\n' ||
		    byte == '\t')
			continue;
		c = utf8_decode(p, (size_t)(end - p), &used);
		if (c == UTF8_BAD)
			return err_new(
			    ERR_SYNTAX, "%s:%u: not UTF-8", name, line);
		if (utf8_is_control(c) || c == 0xfeff || c == 0xfffe ||
		    c == 0xffff)
			return err_new(ERR_SYNTAX,
			    "%s:%u: U+%04X may not stand here", name, line,
			    (unsigned)c);
	}
	if (len > 0 && p[-1] != '\n')
		return err_new(ERR_SYNTAX,
		    "%s:%u: the last line has no line feed", name, line);
	return NULL;
}

static struct err *
fault(const struct reader *r, enum err_code code, const yaml_mark_t *at,
    const char *why)
{
	return err_new(
	    code, "%s:%u: %s", r->name, r->line + (unsigned)at->line, why);
}

static struct err *
next(struct reader *r, yaml_event_t *ev)
{
	const yaml_parser_t *p = &r->parser;
	const char *why;
	struct err *e;

	if (!yaml_parser_parse(&r->parser, ev))
		return fault(r, ERR_SYNTAX, &p->problem_mark,
		    p->problem != NULL ? p->problem : "not YAML");
	if ((why = docform_next(&r->form, ev, r->indent)) == NULL)
		return NULL;
	e = fault(r, ERR_SYNTAX, &ev->start_mark, why);
	yaml_event_delete(ev);
	return e;
}

static struct err *
scalar(struct reader *r, const yaml_event_t *ev, struct node **out)
{
	const char *text = (const char *)ev->data.scalar.value;
	size_t len = ev->data.scalar.length;

	if (len > DOC_SCALAR_MAX)
		return fault(r, ERR_LIMIT, &ev->start_mark,
		    "a value is longer than 1 MiB");
	if (memchr(text, '\0', len) != NULL)
		return fault(
		    r, ERR_SYNTAX, &ev->start_mark, "a value holds NUL");
	*out = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ?
	    docplain_scalar(text, len) :
	    node_strn(text, len);
	if (*out == NULL)
		return fault(r, ERR_LIMIT, &ev->start_mark,
		    "a whole number has more than 64 bits");
	(*out)->line = r->line + (unsigned)ev->start_mark.line;
	return NULL;
}

/* What no document of ours has, whatever the event. */
static struct err *
refuse_extras(const struct reader *r, const yaml_event_t *ev)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	switch (ev->type) {
	case YAML_ALIAS_EVENT:
		return fault(
		    r, ERR_SYNTAX, &ev->start_mark, "aliases are not allowed");
	case YAML_SCALAR_EVENT:
		anchor = ev->data.scalar.anchor;
		tag = ev->data.scalar.tag;
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = ev->data.sequence_start.anchor;
		tag = ev->data.sequence_start.tag;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = ev->data.mapping_start.anchor;
		tag = ev->data.mapping_start.tag;
		break;
	default:
		break;
	}
	if (anchor != NULL)
		return fault(
		    r, ERR_SYNTAX, &ev->start_mark, "anchors are not allowed");
	if (tag != NULL)
		return fault(
		    r, ERR_SYNTAX, &ev->start_mark, "tags are not allowed");
	return NULL;
}

static struct err *value(struct reader *r, yaml_event_t *ev, unsigned depth,
    struct node **out) MUST_CHECK;

static struct err *
map_entry(struct reader *r, yaml_event_t *key, unsigned depth, struct node *map)
{
	yaml_event_t ev;
	struct node *kid = NULL;
	const char *name;
	unsigned line;
	struct err *e;

	if (key->type != YAML_SCALAR_EVENT)
		return fault(r, ERR_SYNTAX, &key->start_mark,
		    "a key must be a plain word");
	name = (const char *)key->data.scalar.value;
	line = r->line + (unsigned)key->start_mark.line;
	if (strlen(name) != key->data.scalar.length)
		return fault(
		    r, ERR_SYNTAX, &key->start_mark, "a key holds NUL");
	if (key->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	    strcmp(name, "<<") == 0)
		return fault(r, ERR_SYNTAX, &key->start_mark,
		    "merge keys are not allowed");
	if ((e = next(r, &ev)) != NULL)
		return e;
	e = value(r, &ev, depth, &kid);
	yaml_event_delete(&ev);
	if (e == NULL)
		node_add(map, name, kid)->line = line;
	return e;
}

/* Keys of one map by name, then by line. */
static int
by_key(const void *a, const void *b, void *v)
{
	const struct node *map = v;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int order = strcmp(map->keys[x], map->keys[y]);

	return order != 0 ? order : (x > y) - (x < y);
}

/* Sorted, so that a stranger's map of a million keys is no burden. */
static struct err *
refuse_doubles(const struct reader *r, struct node *map)
{
	size_t *index = mem_zero(map->n, sizeof(*index)), first = SIZE_MAX;

	for (size_t i = 0; i < map->n; i++)
		index[i] = i;
	if (map->n > 1)
		qsort_r(index, map->n, sizeof(*index), by_key, map);
	for (size_t i = 1; i < map->n; i++)
		if (strcmp(map->keys[index[i - 1]], map->keys[index[i]]) == 0 &&
		    index[i] < first)
			first = index[i];
	free(index);
	if (first == SIZE_MAX)
		return NULL;
	return err_new(ERR_SYNTAX, "%s:%u: the same key stands twice", r->name,
	    map->kids[first]->line);
}

/* The rest of a list or map whose start has been read. */
static struct err *
members(
    struct reader *r, yaml_event_type_t end, unsigned depth, struct node *into)
{
	for (;;) {
		yaml_event_t ev;
		struct node *kid = NULL;
		bool last;
		struct err *e;

		if ((e = next(r, &ev)) != NULL)
			return e;
		last = ev.type == end;
		e = refuse_extras(r, &ev);
		if (last || e != NULL) {
			/* nothing to take in */
		} else if (into->type == NODE_MAP) {
			e = map_entry(r, &ev, depth, into);
		} else if ((e = value(r, &ev, depth, &kid)) == NULL) {
			node_push(into, kid);
		}
		yaml_event_delete(&ev);
		if (last || e != NULL)
			return e;
	}
}

/* A list or map, whose start is ev. */
static struct err *
collection(struct reader *r, const yaml_event_t *ev, yaml_event_type_t end,
    unsigned depth, struct node *into)
{
	const struct reader around = *r;
	const char *at = r->form.first, *why;
	bool flow = ev->type == YAML_SEQUENCE_START_EVENT ?
	    ev->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE :
	    ev->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
	struct err *e;

	into->line = r->line + (unsigned)ev->start_mark.line;
	r->flow = flow;
	if (!flow)
		r->indent = ev->start_mark.column;
	e = members(r, end, depth, into);
	if (e == NULL && flow && !around.flow) {
		why = docform_flow(at, r->form.last, r->indent);
		if (why != NULL)
			e = fault(r, ERR_SYNTAX, &ev->start_mark, why);
	}
	r->indent = around.indent;
	r->flow = around.flow;
	if (e == NULL && into->type == NODE_MAP)
		e = refuse_doubles(r, into);
	return e;
}

static struct err *
value(struct reader *r, yaml_event_t *ev, unsigned depth, struct node **out)
{
	struct err *e = refuse_extras(r, ev);

	if (e != NULL)
		return e;
	if (depth >= DOC_DEPTH_MAX)
		return fault(
		    r, ERR_LIMIT, &ev->start_mark, "nested more than 32 deep");
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		return scalar(r, ev, out);
	case YAML_SEQUENCE_START_EVENT:
		*out = node_list();
		e = collection(r, ev, YAML_SEQUENCE_END_EVENT, depth + 1, *out);
		break;
	case YAML_MAPPING_START_EVENT:
		*out = node_map();
		e = collection(r, ev, YAML_MAPPING_END_EVENT, depth + 1, *out);
		break;
	default:
		return fault(r, ERR_SYNTAX, &ev->start_mark, "no value here");
	}
	if (e != NULL) {
		node_free(*out);
		*out = NULL;
	}
	return e;
}

/* The next event must be this one. */
static struct err *
expect(struct reader *r, yaml_event_type_t type, const char *why)
{
	yaml_event_t ev;
	struct err *e = next(r, &ev);

	if (e != NULL)
		return e;
	if (ev.type != type)
		e = fault(r, ERR_SYNTAX, &ev.start_mark, why);
	yaml_event_delete(&ev);
	return e;
}

static struct err *
document(struct reader *r, struct node **out)
{
	yaml_event_t ev;
	struct err *e;

	if ((e = expect(r, YAML_STREAM_START_EVENT, "not YAML")) != NULL ||
	    (e = expect(r, YAML_DOCUMENT_START_EVENT, "no document")) != NULL ||
	    (e = next(r, &ev)) != NULL)
		return e;
	if (ev.type != YAML_MAPPING_START_EVENT ||
	    ev.data.mapping_start.style != YAML_BLOCK_MAPPING_STYLE)
		e = fault(r, ERR_SYNTAX, &ev.start_mark,
		    "not a mapping with one key a line");
	else
		e = value(r, &ev, 0, out);
	yaml_event_delete(&ev);
	if (e != NULL ||
	    (e = expect(r, YAML_DOCUMENT_END_EVENT, "no end")) != NULL)
		return e;
	return expect(
	    r, YAML_STREAM_END_EVENT, "more than one document in one place");
}

struct err *
doc_parse(struct node **out, const char *p, size_t len, const char *name,
    unsigned line)
{
	struct reader r = { .name = name, .line = line };
	struct err *e;

	if ((*out = docplain_parse(p, len, line)) != NULL)
		return NULL;
	if (!yaml_parser_initialize(&r.parser))
		return err_new(ERR_SYSTEM, "cannot start libyaml");
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)p, len);
	docform_begin(&r.form, p, len);
	e = document(&r, out);
	yaml_parser_delete(&r.parser);
	if (e != NULL) {
		node_free(*out);
		*out = NULL;
	}
	return e;
}
