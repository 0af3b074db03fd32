/* SPDX-License-Identifier: ISC */
#include "core/stream.h"

#include <string.h>

#include "core/emit.h"
#include "core/stream_parts.h"

static void
write_envelope(struct buf *out, const struct entry *entry)
{
	buf_addf(out, "deed: %d\nkind: %s\nafter: [", STREAM_FORMAT,
	    entry->kind->name);
	for (size_t i = 0; i < entry->after.n; i++)
		buf_addf(out, "%s\"%s\"", i > 0 ? ", " : "", entry->after.v[i]);
	buf_addf(out, "]\nrecorded: \"%s\"\ncontent: \"%s\"\n", entry->recorded,
	    entry->content_id);
}

static unsigned
next_free_line(const struct stream *s)
{
	unsigned lines = 1;

	for (size_t i = s->n > 0 ? s->v[s->n - 1].at : 0; i < s->bytes.len; i++)
		lines += s->bytes.data[i] == '\n';
	return s->n > 0 ? s->v[s->n - 1].line + lines - 1 : lines;
}

/* Put the nonce in, the keys in order, and write it: or say why not. */
static struct err *
write_content(struct buf *out, const struct kind *kind, struct node *content)
{
	char nonce[2 * NONCE_BYTES + 1];
	const char *twice = stream_envelope_key(content);
	struct err *e;

	if (twice != NULL)
		return err_new(ERR_INVALID,
		    "the key \"%s\" belongs to the envelope", twice);
	if ((e = emit_vet(content)) != NULL ||
	    (e = digest_random(nonce, NONCE_BYTES)) != NULL)
		return e;
	node_put_str(content, "nonce", nonce);
	kind_arrange(kind, content);
	emit_map(out, content);
	return NULL;
}

struct err *
stream_append(struct entry **out, struct stream *s, const struct kind *kind,
    struct node *content, const char *recorded)
{
	struct buf body = BUF_INIT, envelope = BUF_INIT;
	struct entry made = {
		.kind = kind, .content = content, .line = next_free_line(s)
	};
	struct err *e;

	*out = NULL;
	if ((e = write_content(&body, kind, content)) != NULL)
		goto done;
	if (s->headed)
		strs_add(&made.after, s->v[s->n - 1].id);
	else
		stream_tips(s, &made.after);
	memcpy(made.recorded, recorded, DATE_TEXT);
	digest_of(body.data, body.len, made.content_id);
	write_envelope(&envelope, &made);
	digest_of(envelope.data, envelope.len, made.id);
	made.at = s->bytes.len;
	made.content_at = s->bytes.len + 4 + envelope.len;
	made.content_len = body.len;
	made.len = 4 + envelope.len + body.len;
	if (made.at + made.len > STREAM_MAX) {
		e = err_new(ERR_LIMIT, "%s would grow beyond 64 MiB", s->name);
		goto done;
	}
	buf_adds(&s->bytes, "---\n");
	buf_add(&s->bytes, envelope.data, envelope.len);
	buf_add(&s->bytes, body.data, body.len);
	*out = vec_add(s);
	**out = made;
	s->headed = true;
done:
	if (e != NULL) {
		strs_release(&made.after);
		node_free(content);
	}
	buf_release(&body);
	buf_release(&envelope);
	return e;
}
