/* SPDX-License-Identifier: ISC */
#include <fcntl.h>

#include "core/content.h"
#include "core/detached.h"
#include "core/util/utf8.h"
#include "core/zip.h"
#include "tests/fuzz/folder.h"

/*
 * The law of deliveries that came in one file: whatever is claimed of them, the
 * archive is recorded as it is, under texts that can be recorded.
 *
 * An input is deed-delivery.json beside an archive of one file; in it SHA256,
 * CONTENT and SIZE stand for what is true of that.
 */

static char *archive;
static struct buf sums, sha256, content_id, size_text;

/* The archive, and what is true of it. */
static void
start(void)
{
	struct zip_spec spec = { .fd = -1, .time = 1795000000 };
	struct zip_member m = { "abc", ZIP_FILE, 3 };
	char hex[SHA256_HEX];
	struct content content;
	struct zip_total total;
	struct zip *z = NULL;
	int64_t size;
	struct err *e;

	folder_start();
	archive = path_join(folder_dir, "archive.zip");
	spec.path = archive;
	spec.fd = open(archive, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	content_init(&content);
	if ((e = zip_new(&z, &spec)) != NULL ||
	    (e = zip_begin(z, &m)) != NULL ||
	    (e = zip_write(z, "abc", 3)) != NULL || (e = zip_end(z)) != NULL ||
	    (e = zip_finish(z, &total)) != NULL ||
	    (e = content_of_archive(&content, archive, NULL)) != NULL ||
	    (e = digest_file(archive, hex, &size)) != NULL)
		LAW(e == NULL);
	zip_free(z);
	close(spec.fd);
	buf_adds(&sha256, hex);
	buf_addf(&size_text, "%lld", (long long)size);
	content_sums(&sums, &content);
	content_digest(hex, &content);
	buf_adds(&content_id, hex);
	content_release(&content);
}

/* The input with the true values where it asks for them. */
static void
fill_in(struct buf *out, const char *p, size_t len)
{
	const struct {
		const char *word;
		const struct buf *value;
	} words[] = { { "SHA256", &sha256 }, { "CONTENT", &content_id },
		{ "SIZE", &size_text } };

	for (size_t i = 0; i < len;) {
		size_t w = 0;

		while (w < 3 &&
		    (len - i < strlen(words[w].word) ||
			memcmp(p + i, words[w].word, strlen(words[w].word)) !=
			    0))
			w++;
		if (w < 3) {
			buf_adds(out, words[w].value->data);
			i += strlen(words[w].word);
		} else {
			buf_addc(out, p[i++]);
		}
	}
}

static void
taken_law(const struct detached *d)
{
	static const char *const texts[] = { "order", "text", "milestone",
		"clock" };

	LAW(strcmp(d->packed->sha256, sha256.data) == 0);
	LAW(strcmp(d->packed->content, content_id.data) == 0);
	LAW(d->packed->files == 1);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *text = node_text(d->facts, texts[i]);

		LAW(text == NULL || utf8_valid(text, strlen(text)));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *facts_path, *sums_path;
	struct buf facts = BUF_INIT;
	struct detached d;
	struct err *e;

	if (archive == NULL)
		start();
	facts_path = path_join(folder_dir, "facts");
	sums_path = path_join(folder_dir, "sums");
	fill_in(&facts, (const char *)data, size);
	folder_put_file(facts_path, facts.data, facts.len);
	folder_put_file(sums_path, sums.data, sums.len);
	{
		char delivery[] = "delivery.zip", zip[] = "archive.zip";
		char list[] = "archive.sha256sums",
		     json[] = "deed-delivery.json";
		char beside[] = "attestation-00-abc";
		struct part parts[] = { { list, sums_path, 0 },
			{ zip, archive, 0 }, { beside, sums_path, 0 },
			{ json, facts_path, 0 } };
		struct input in = { .type = INPUT_ARCHIVE,
			.name = delivery,
			.parts = { parts, 4, 4 } };

		LAW(detached_is(&in));
		e = detached_read(&d, &in);
	}
	if (e == NULL)
		taken_law(&d);
	LAW(!err_is(e, ERR_SYSTEM));
	err_drop(e);          /* most inputs claim what is not so */
	free(d.packed->path); /* which packed_free() would remove */
	d.packed->path = NULL;
	detached_release(&d);
	buf_release(&facts);
	free(sums_path);
	free(facts_path);
	return 0;
}
