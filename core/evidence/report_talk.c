/* SPDX-License-Identifier: ISC */
#include "core/evidence/report_talk.h"

#include "core/evidence/excerpt.h"
#include "core/evidence/telling.h"
#include "core/ext/json.h"

#define WHOLE_MAX 300 /* messages of a chat that is told whole */

/* Who, when, and whether an entry cites it. */
static char *
tell_label(const struct node *m, bool cited)
{
	char *author = telling_speaker(m);
	char *when = telling_message_time(m);
	char *label = mem_printf("%c%s%c%s%s%s", TELLING_OPEN, author,
	    TELLING_CLOSE, when != NULL ? ", " : "", when != NULL ? when : "",
	    cited ? ", cited by an entry" : "");

	free(when);
	free(author);
	return label;
}

static void
add_message(struct document *doc, const struct talk *t, size_t line, bool cited)
{
	struct node *m = NULL;
	size_t len;
	const char *raw = excerpt_line(&t->excerpt, line, &len);
	struct node *block;
	char *label, *said;

	/* one that cannot be read is in the file, as it is */
	err_drop(json_parse_message(&m, raw, len, "messages.jsonl"));
	label = tell_label(m, cited);
	said = telling_said(m);
	block = document_said(
	    doc, label, said, cited ? DOCUMENT_TELLING : DOCUMENT_SAID);
	document_name(block, mem_dup("messages of a chat"));
	free(said);
	free(label);
	node_free(m);
}

static void
add_withheld(struct document *doc, const struct dossier *d,
    const struct talk *t, size_t line)
{
	const struct held *h =
	    dossier_held(d, t->fact->entry->id, (unsigned)line, NULL);

	document_told(doc, "small",
	    mem_printf("[message %zu is withheld%s%c%s%c]", line,
		h != NULL && h->why != NULL ? ": " : "", TELLING_OPEN,
		h != NULL && h->why != NULL ? h->why : "", TELLING_CLOSE),
	    DOCUMENT_SAID);
}

static void
add_talk(struct document *doc, const struct dossier *d, const struct talk *t)
{
	size_t n = excerpt_count(&t->excerpt), told = 0;
	const struct exhibit *x;
	size_t at = 0;

	document_told(doc, "h2",
	    telling_told(d->orders.v[t->order].order, t->fact), DOCUMENT_OTHER);
	for (size_t line = 1; line <= n; line++) {
		if (n > WHOLE_MAX && !dossier_is_cited_near(d, t, line))
			continue;
		told++;
		if (t->left_out[line - 1])
			add_withheld(doc, d, t, line);
		else
			add_message(
			    doc, t, line, dossier_cited_by(d, t, line) != NULL);
	}
	if (told == n || (x = dossier_exhibit(d, t->fact, &at)) == NULL)
		return;
	document_told(doc, "small",
	    mem_printf("%zu of %zu messages, what is cited and what was said "
		       "around it; all of them are exhibit %s.",
		told, n, x->id),
	    DOCUMENT_OTHER);
}

void
report_talk(struct document *doc, const struct dossier *d)
{
	const struct talk *t;

	if (d->talks.n == 0)
		return;
	document_add(doc, "break", "", DOCUMENT_OTHER);
	document_add(doc, "h1", "Annex: the chats", DOCUMENT_OTHER);
	vec_each (t, &d->talks)
		add_talk(doc, d, t);
}
