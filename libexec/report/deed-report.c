/* SPDX-License-Identifier: ISC */
/*
 * deed-report: make a PDF of the document that stands on standard input, as
 * one JSON object {title, author, foot, created, pages_max, bytes_max, blocks};
 * libexec/report/paper.h tells what blocks are.  Standard error gets a line
 * "pages N" and one "left out WHAT" for each block that did not fit.
 *
 * {thumbnails, size} asks for small pictures of files instead, at most so many
 * pixels across and down: a list of {width, height, jpeg}, in Base64, with {}
 * for what is no picture.
 *
 * Exit status 0, or 2 with one line that says why.
 */

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/ext/json.h"
#include "core/util/file.h"
#include "core/util/mem.h"
#include "libexec/report/paper.h"
#include "libexec/report/picture.h"

#define INPUT_MAX (64u << 20)
#define MEMORY_MAX (2ul << 30) /* what a picture may be made to ask for */
#define SECONDS_MAX 120

static int
give_up(const char *why)
{
	dprintf(STDERR_FILENO, "%s\n", why);
	return 2;
}

static const char *
text_of(const struct node *n, const char *key)
{
	const char *text = node_text(n, key);

	return text != NULL ? text : "";
}

static int
make(const struct node *doc)
{
	struct paper_spec spec = { text_of(doc, "title"),
		text_of(doc, "author"), text_of(doc, "foot"),
		text_of(doc, "created"),
		node_number(doc, "pages_max", INT64_MAX),
		node_number(doc, "bytes_max", INT64_MAX) };
	const struct node *blocks = node_get(doc, "blocks");
	bool *left_out = mem_zero(node_count(blocks) + 1, sizeof(*left_out));
	struct buf pdf = BUF_INIT;
	struct paper_result r = paper_fit(&pdf, &spec, blocks, left_out);
	struct err *e = NULL;
	int status = 0;

	if (r.error != NULL)
		status = give_up(r.error);
	else
		e = file_write_fd(STDOUT_FILENO, pdf.data, pdf.len, "the PDF");
	if (e != NULL)
		status = give_up(err_text(e));
	err_drop(e);
	if (status == 0)
		dprintf(STDERR_FILENO, "pages %d\n", r.pages);
	for (size_t i = 0; i < node_count(blocks) && status == 0; i++)
		if (left_out[i] && text_of(node_at(blocks, i), "what")[0])
			dprintf(STDERR_FILENO, "left out %s\n",
			    text_of(node_at(blocks, i), "what"));
	buf_release(&pdf);
	free(left_out);
	return status;
}

static int
shrink(const struct node *doc)
{
	const struct node *paths = node_get(doc, "thumbnails");
	int size = (int)node_number(doc, "size", 0);
	struct node *list = node_list();
	struct buf text = BUF_INIT;
	struct err *e;
	int status = 0;

	for (size_t i = 0; i < node_count(paths); i++) {
		struct node *n = node_push(list, node_map());
		const char *path = node_as_text(node_at(paths, i));
		int width, height;
		char *jpeg = path == NULL || size <= 0 ?
		    NULL :
		    picture_small(path, size, &width, &height);

		if (jpeg == NULL)
			continue;
		node_put_int(n, "width", width);
		node_put_int(n, "height", height);
		node_put_str(n, "jpeg", jpeg);
		g_free(jpeg);
	}
	node_write_json(&text, list);
	e = file_write_fd(STDOUT_FILENO, text.data, text.len, "the pictures");
	if (e != NULL)
		status = give_up(err_text(e));
	err_drop(e);
	buf_release(&text);
	node_free(list);
	return status;
}

int
main(void)
{
	struct buf in = BUF_INIT;
	struct node *doc = NULL;
	struct err *e;
	int status = 2;

#ifndef __SANITIZE_ADDRESS__ /* which maps terabytes */
	setrlimit(RLIMIT_AS, &(struct rlimit){ MEMORY_MAX, MEMORY_MAX });
#endif
	alarm(SECONDS_MAX);
	if ((e = file_read_fd(
		 &in, STDIN_FILENO, "standard input", INPUT_MAX)) == NULL &&
	    (e = json_parse(&doc, in.data, in.len, "standard input")) == NULL)
		status = node_get(doc, "thumbnails") != NULL ? shrink(doc) :
							       make(doc);
	else
		give_up(err_text(e));
	err_drop(e);
	node_free(doc);
	buf_release(&in);
	return status;
}
