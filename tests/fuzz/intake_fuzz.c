/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/intake/reader.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/utf8.h"
#include "tests/fuzz/folder.h"

/*
 * The law of reading what others export: no message is lost silently.
 *
 *	messages + left out + skipped + continued = lines or records
 *
 * and the warnings say so if something was skipped.  Whatever is refused is
 * refused with a sentence.
 *
 * An input is a file, its format to be found out; or, if its first line is the
 * name of a reader, what that one is given; or, if it begins with "=== NAME",
 * a folder whose files each follow a line of that form.  With the name of a
 * reader in FUZZ_READER that one is given every input.  Mails have a target of
 * their own.
 */

static void
vet(struct err *e)
{
	LAW(err_text(e)[0] != '\0');
	LAW(utf8_valid(err_text(e), strlen(err_text(e))));
	LAW(!err_is(e, ERR_SYSTEM));
	err_drop(e);
}

static void
law(const struct intake_facts *f)
{
	const char *text;

	LAW(f->messages > 0);
	LAW(f->units == f->messages + f->left_out + f->skipped + f->continued);
	LAW(f->system <= f->messages);
	LAW(f->skipped == 0 || f->warnings.n > 0);
	for (size_t i = 0; i < f->warnings.n; i++) {
		text = f->warnings.v[i];
		LAW(utf8_valid(text, strlen(text)));
	}
	for (size_t i = 0; i < f->authors.n; i++) {
		text = f->authors.v[i];
		LAW(utf8_valid(text, strlen(text)));
	}
}

static void
run(const char *path, const char *format)
{
	struct sink_options options = { .since = INT64_MIN,
		.until = INT64_MAX,
		.now = 1795000000,
		.temp_dir = folder_dir };
	struct input *in = NULL;
	struct choice choice;
	struct intake_facts facts = { 0 };
	struct err *e = input_open(&in, path, -1, NULL, folder_dir);

	/* archives have a reader, and tests, of their own */
	if (e == NULL && in->type != INPUT_ARCHIVE &&
	    (e = reader_choose(&choice, in, format)) == NULL &&
	    strcmp(choice.reader->name, "eml") != 0 &&
	    strcmp(choice.reader->name, "mbox") != 0 &&
	    strcmp(choice.reader->name, "maildir") != 0 &&
	    (e = reader_run(&facts, &choice, in, &options, DATE_UNKNOWN)) ==
		NULL)
		law(&facts);
	intake_facts_release(&facts);
	input_close(in);
	if (e != NULL)
		vet(e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size, *lf;
	const char *only = getenv("FUZZ_READER");
	char *path, *format = NULL;

	folder_start();
	if (size == 0 || size > 1u << 20)
		return 0;
	path = path_join(folder_dir, "input");
	if (!folder_put(path, p, end)) {
		lf = memchr(p, '\n', size);
		if (lf != NULL && lf - p < 32)
			format = mem_ndup(p, (size_t)(lf - p));
		if (format != NULL && reader_find(format) != NULL)
			p = lf + 1;
		folder_put_file(path, p, (size_t)(end - p));
	}
	if (only == NULL && format != NULL && reader_find(format) != NULL)
		only = format;
	run(path, only);
	file_remove_tree(path);
	free(format);
	free(path);
	return 0;
}
