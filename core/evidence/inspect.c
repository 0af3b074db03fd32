/* SPDX-License-Identifier: ISC */
#include "core/evidence/inspect.h"

#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/audit.h"
#include "core/content.h"
#include "core/evidence/bag.h"
#include "core/evidence/bagcheck.h"
#include "core/evidence/howto.h"
#include "core/evidence/vouch.h"
#include "core/ext/tsp.h"
#include "core/stream.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/verdict.h"

#define ORDERS "data/orders/"
#define DELIVERIES "data/deliveries/"
#define ZIP_TAIL (64 << 10) /* bytes at its end in which its end record is */

/* A file that an entry names by its digest. */
struct expected {
	char *what; /* "FO1 d2", "FO1 message" */
	char sha256[SHA256_HEX];
	char content[SHA256_HEX]; /* of a delivery: its content digest */
	int64_t files;            /* in it; -1: not said */
	bool delivery;
	bool inner; /* within an archive, as a rule */
};

/* A package being looked at. */
struct inspection {
	struct node *checks;
	const struct inspect_options *options;
	struct parcel *parcel;
	struct bagcheck *bag;
	VEC(struct expected) expected;
	VEC(struct vouch_order) orders;
	bool vouched; /* by a signature the reader trusts */
	char *key;    /* that signed it; NULL */
};

static void
note(struct inspection *in, const char *name, const char *subject,
    const char *result, const char *detail)
{
	verdict_note(in->checks, name, subject, result, detail);
}

/*
 * root.txt, and the tag files it allows.
 */

static bool
is_signature(const char *name)
{
	return strcmp(name, BAG_SIGNATURE) == 0 || strcmp(name, BAG_TOKEN) == 0;
}

/* What root.txt would say of the bag as it is. */
static void
describe(struct buf *out, const struct bagcheck *b)
{
	static const char *const named[] = { "bagit.txt", "bag-info.txt",
		"manifest-sha256.txt" };
	const char *digests[3];
	struct strs tags = VEC_INIT;
	const struct bagcheck_file *f;

	for (size_t i = 0; i < 3; i++) {
		f = bagcheck_find(b, named[i]);
		digests[i] = f == NULL ? "" : f->sha256;
	}
	vec_each (f, &b->files)
		if (strncmp(f->name, "data/", 5) != 0 && !is_signature(f->name))
			strs_add(&tags, f->name);
	bag_root(out, digests, b->payload_files, b->payload_bytes, &tags);
	strs_release(&tags);
}

static bool
same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static void
check_root(struct inspection *in)
{
	const struct buf *root = bagcheck_text(in->bag, "root.txt");
	struct buf actual = BUF_INIT;

	describe(&actual, in->bag);
	if (root == NULL)
		note(in, "root", "root.txt", "fail", "it is missing");
	else if (!same(root, &actual))
		note(in, "root", "root.txt", "fail",
		    "it does not describe the package as it is");
	else
		note(in, "root", "root.txt", "pass", "");
	buf_release(&actual);
}

/* The tag manifest lists every tag file but itself, and no other. */
static void
check_tag_manifest(struct inspection *in)
{
	const char *name = "tagmanifest-sha256.txt";
	const struct buf *text = bagcheck_text(in->bag, name);
	const struct bagcheck_file *f;
	struct buf whole = BUF_INIT;

	vec_each (f, &in->bag->files)
		if (strncmp(f->name, "data/", 5) != 0 &&
		    !is_signature(f->name) && strcmp(f->name, name) != 0)
			buf_addf(&whole, "%s  %s\n", f->sha256, f->name);
	if (text == NULL)
		note(in, "tagmanifest", name, "fail", "it is missing");
	else if (!same(text, &whole))
		note(in, "tagmanifest", name, "fail",
		    "it does not list every tag file, one a line");
	buf_release(&whole);
}

static void
check_tags(struct inspection *in)
{
	const struct bagcheck_file *f;

	for (size_t i = 0; bag_tags[i] != NULL; i++)
		if (bagcheck_find(in->bag, bag_tags[i]) == NULL &&
		    strcmp(bag_tags[i], "bagit.txt") != 0)
			note(in, "files", bag_tags[i], "fail", "it is missing");
	vec_each (f, &in->bag->files) {
		bool known = strncmp(f->name, "data/", 5) == 0;

		for (size_t i = 0; bag_tags[i] != NULL; i++)
			known |= strcmp(bag_tags[i], f->name) == 0;
		if (!known && !is_signature(f->name))
			note(in, "files", f->name, "fail",
			    "it has no place in a package");
	}
}

/* By whom, the reader's own list says: never the one in the package. */
static struct err *
check_signature(struct inspection *in)
{
	const struct signers *signers = in->options->judge->signers;
	const struct buf *root = bagcheck_text(in->bag, "root.txt");
	const struct buf *armour = bagcheck_text(in->bag, BAG_SIGNATURE);
	struct signature sig;
	struct err *e;

	if (armour == NULL || root == NULL) {
		if (bagcheck_find(in->bag, HOWTO_SIGNERS) != NULL)
			note(in, "signature", BAG_SIGNATURE, "fail",
			    "the package was signed, and this is missing");
		else if (signers->demanded)
			note(in, "signature", BAG_SIGNATURE, "fail",
			    "the package is not signed");
		return NULL;
	}
	const struct signature_ask ask = { "deed", root->data, root->len,
		in->options->judge->now, in->options->judge->temp_dir };

	e = signature_judge(&sig, armour->data, armour->len, &ask, signers);
	if (e == NULL) {
		note(in, "signature", BAG_SIGNATURE,
		    signature_result(&sig, signers), sig.detail);
		in->vouched = sig.verdict == SIGNATURE_GOOD;
		in->key = sig.key;
		sig.key = NULL;
	}
	signature_release(&sig);
	return e;
}

/* An authority's word about root.txt, and so about all of the package. */
static struct err *
check_token(struct inspection *in)
{
	const struct buf *root = bagcheck_text(in->bag, "root.txt");
	const struct buf *token = bagcheck_text(in->bag, BAG_TOKEN);
	struct tsp_token told;
	char digest[SHA256_HEX], time[DATE_TEXT];
	const struct tsp_ask ask = { .sha256 = digest,
		.roots = in->options->judge->roots };
	struct err *e;

	if (root == NULL || token == NULL)
		return NULL;
	digest_of(root->data, root->len, digest);
	e = tsp_judge(&told, token->data, token->len, &ask);
	if (err_is(e, ERR_NOT_FOUND))
		return e;
	date_format(time, told.time);
	if (e != NULL) {
		verdict_error(in->checks, "token", BAG_TOKEN, e);
	} else {
		in->vouched |= told.trusted;
		verdict_take(in->checks, "token", BAG_TOKEN,
		    told.trusted ? "pass" : "skipped",
		    mem_printf("the package existed by %s, %s \"%s\"", time,
			told.trusted ? "says" :
				       "says an unknown authority that calls "
				       "itself",
			told.name));
	}
	tsp_release(&told);
	return NULL;
}

static void
check_bytes_of_declaration(struct inspection *in)
{
	const struct buf *text = bagcheck_text(in->bag, "bagit.txt");

	if (text != NULL && strcmp(text->data, bag_declaration) != 0)
		note(in, "declaration", "bagit.txt", "fail",
		    "a package has BagIt 1.0 and UTF-8, and says so in two "
		    "lines");
}

/*
 * Orders, and what their entries name.
 */

static void
expect_delivery(
    struct inspection *in, const char *what, const struct node *archive)
{
	const char *sha256 = node_text(archive, "sha256");
	const char *content = node_text(archive, "content");
	struct expected *x;

	if (sha256 == NULL || !digest_is_hex(sha256))
		return;
	x = vec_add(&in->expected);
	x->what = mem_dup(what);
	x->delivery = true;
	memcpy(x->sha256, sha256, SHA256_HEX);
	if (content != NULL && digest_is_hex(content))
		memcpy(x->content, content, SHA256_HEX);
	x->files = node_number(archive, "files", -1);
}

/* Of a transcript whose parts may travel alone: its list of digests. */
static void
expect_lines(
    struct inspection *in, const char *what, const struct node *digests)
{
	const char *sha256 = node_text(digests, "messages_sha256");
	struct expected *x;

	if (sha256 == NULL || !digest_is_hex(sha256))
		return;
	x = vec_add(&in->expected);
	x->what = mem_printf("%s, digests of its messages", what);
	memcpy(x->sha256, sha256, SHA256_HEX);
	x->files = -1;
	x->inner = true;
}

/* Maps with a path and a digest, as deep as they lie. */
static void
expect_files(struct inspection *in, const char *what, const struct node *n)
{
	const char *sha256 = node_text(n, "sha256");
	struct expected *x;

	if (n == NULL)
		return;
	expect_lines(in, what, node_get(n, "digests"));
	if (sha256 != NULL && digest_is_hex(sha256) &&
	    node_text(n, "path") != NULL) {
		x = vec_add(&in->expected);
		x->what = mem_dup(what);
		memcpy(x->sha256, sha256, SHA256_HEX);
		x->files = -1;
	}
	for (size_t i = 0; i < node_count(n); i++)
		expect_files(in, what, n->kids[i]);
}

static struct err *
read_entries(struct inspection *in, struct stream *s, const char *order)
{
	struct err *e = NULL;

	for (size_t i = 0; i < s->n && e == NULL; i++) {
		const struct node *content;
		const char *label;
		char *what;

		if (s->v[i].forged)
			continue; /* the chain says so already */
		if ((e = entry_content(&content, s, &s->v[i])) != NULL)
			break;
		label = node_text(content, "label");
		what = mem_printf(
		    "%s %s", order, label != NULL ? label : s->v[i].kind->name);
		if (strcmp(s->v[i].kind->name, "delivery") == 0) {
			expect_delivery(in, what, node_get(content, "archive"));
			expect_files(in, what, node_get(content, "files"));
		} else {
			expect_files(in, what, content);
		}
		free(what);
	}
	return e;
}

/* "FO1" of "data/orders/FO1.yaml"; yours, NULL if it is no such name. */
static char *
order_of(const char *name)
{
	size_t len = strlen(name), head = strlen(ORDERS);

	if (strncmp(name, ORDERS, head) != 0 || len <= head + 5 ||
	    strcmp(name + len - 5, ".yaml") != 0)
		return NULL;
	return mem_ndup(name + head, len - head - 5);
}

/* What is wrong with the file is a finding, not an error. */
static void
check_order(struct inspection *in, struct buf *bytes, const char *name,
    const char *order)
{
	struct stream *s = NULL;
	struct err *e = stream_parse(&s, bytes, name);

	if (e == NULL) {
		audit_chain(in->checks, s, name);
		audit_place(in->checks, s, name, order, NULL);
		e = read_entries(in, s, order);
	}
	if (e != NULL) {
		note(in, "stream", name, "fail", err_text(e));
		err_drop(e); /* noted */
		stream_free(s);
	} else {
		struct vouch_order *o = vec_add(&in->orders);

		o->id = mem_dup(order);
		o->name = mem_dup(name);
		o->stream = s;
	}
}

static struct err *
check_orders(struct inspection *in)
{
	const struct parcel_file *file;
	size_t n = 0;
	struct err *e = parcel_rewind(in->parcel);

	while (e == NULL && (e = parcel_next(in->parcel, &file)) == NULL &&
	    file != NULL) {
		char *order = file->outside ? NULL : order_of(file->name);
		struct buf bytes = BUF_INIT;

		if (order == NULL)
			continue;
		n++;
		if ((e = parcel_text(&bytes, in->parcel, STREAM_MAX)) == NULL)
			check_order(in, &bytes, file->name, order);
		buf_release(&bytes);
		free(order);
	}
	if (e == NULL && n == 0)
		note(in, "stream", ORDERS, "fail", "there is no order file");
	return e;
}

/*
 * Files that entries name.
 */

static const struct bagcheck_file *
find_digest(const struct bagcheck *b, const char *sha256)
{
	const struct bagcheck_file *f;

	vec_each (f, &b->files)
		if (strncmp(f->name, "data/", 5) == 0 &&
		    strcmp(f->sha256, sha256) == 0)
			return f;
	return NULL;
}

static void
check_expected(struct inspection *in, const struct expected *x)
{
	const struct bagcheck_file *f = find_digest(in->bag, x->sha256);
	const char *name = x->delivery ? "delivery" : "file";

	if (f != NULL)
		note(in, name, x->what, "pass", f->name);
	else if (x->delivery && *x->content != '\0' &&
	    find_digest(in->bag, x->content) != NULL)
		note(in, name, x->what, "pass",
		    "the list of its files; its bytes are not in here");
	else if (!x->inner)
		note(in, name, x->what, "skipped",
		    "its bytes are not in this package");
}

static const struct expected *
find_expected(const struct inspection *in, const char *sha256, bool content)
{
	const struct expected *x;

	vec_each (x, &in->expected)
		if (strcmp(content ? x->content : x->sha256, sha256) == 0)
			return x;
	return NULL;
}

/*
 * Parts of a transcript some messages of which are withheld: they are held
 * against messages.sha256 instead, see check_parts().
 */
static bool
is_part(const char *name)
{
	static const char folder[] = "data/transcripts/";
	const char *base;

	if (strncmp(name, folder, strlen(folder)) != 0)
		return false;
	base = strchr(name + strlen(folder), '/');
	return base != NULL &&
	    (strcmp(base, "/messages.jsonl") == 0 ||
		strcmp(base, "/transcript.txt") == 0);
}

/* Every line is one of those in sums, in their order. */
static bool
lines_agree(const struct buf *lines, const struct buf *sums)
{
	size_t sum = 0;

	for (size_t at = 0; at < lines->len;) {
		const char *p = lines->data + at;
		const char *lf = memchr(p, '\n', lines->len - at);
		char hex[SHA256_HEX];

		if (lf == NULL)
			return false;
		digest_of(p, (size_t)(lf - p), hex);
		while (sum + SHA256_HEX <= sums->len &&
		    strncmp(sums->data + sum, hex, SHA256_HEX - 1) != 0)
			sum += SHA256_HEX;
		if (sum + SHA256_HEX > sums->len)
			return false;
		sum += SHA256_HEX;
		at = (size_t)(lf - lines->data) + 1;
	}
	return true;
}

/* messages.jsonl comes right before messages.sha256, its neighbour. */
static struct err *
check_parts(struct inspection *in)
{
	const struct parcel_file *file;
	struct buf lines = BUF_INIT, sums = BUF_INIT;
	struct err *e = parcel_rewind(in->parcel);
	char *name = NULL;

	while (e == NULL && (e = parcel_next(in->parcel, &file)) == NULL &&
	    file != NULL) {
		size_t len = strlen(file->name);

		if (file->outside || len < 15)
			continue;
		if (is_part(file->name) &&
		    strcmp(file->name + len - 14, "messages.jsonl") == 0) {
			free(name);
			name = mem_dup(file->name);
			buf_clear(&lines);
			e = parcel_text(&lines, in->parcel, STREAM_MAX);
		} else if (name != NULL &&
		    strcmp(file->name + len - 15, "messages.sha256") == 0 &&
		    strncmp(name, file->name, len - 6) == 0) {
			buf_clear(&sums);
			e = parcel_text(&sums, in->parcel, STREAM_MAX);
			note(in, "file", name,
			    lines_agree(&lines, &sums) ? "pass" : "fail",
			    "its lines are among those of messages.sha256");
		}
	}
	buf_release(&lines);
	buf_release(&sums);
	free(name);
	return e;
}

/* Every file among the deliveries and exhibits is one that an entry names. */
static void
check_named(struct inspection *in)
{
	static const char *const folders[] = { DELIVERIES, "data/exhibits/",
		"data/transcripts/", "data/mail/" };
	const struct bagcheck_file *f;

	vec_each (f, &in->bag->files)
		for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]);
		     i++)
			if (strncmp(f->name, folders[i], strlen(folders[i])) ==
				0 &&
			    !is_part(f->name) &&
			    find_expected(in, f->sha256, false) == NULL &&
			    find_expected(in, f->sha256, true) == NULL)
				note(in, "file", f->name, "fail",
				    "no entry names these bytes");
}

/*
 * Deliveries: an archive opens, and holds what its entry says.
 */

/* The bytes of the file at hand in a file of their own; *path is yours. */
static struct err *
pour_out(char **path, struct inspection *in)
{
	const void *bytes;
	size_t len;
	int fd = -1;
	struct err *e = file_temp(path, &fd, in->options->judge->temp_dir);

	while (e == NULL &&
	    (e = parcel_read(in->parcel, &bytes, &len)) == NULL && len > 0)
		e = file_write_fd(fd, bytes, len, *path);
	if (fd >= 0)
		close(fd);
	return e;
}

static void
compare_content(struct inspection *in, const char *name,
    const struct expected *x, const struct content *content)
{
	char digest[SHA256_HEX];

	content_digest(digest, content);
	if (strcmp(digest, x->content) != 0)
		note(in, "delivery", name, "fail",
		    "it does not hold the files its entry names");
	else if (x->files >= 0 && (size_t)x->files != content->files.n)
		note(in, "delivery", name, "fail",
		    "it does not hold as many files as its entry says");
	else
		note(in, "delivery", name, "pass",
		    "it holds the files its entry names");
}

static struct err *
check_archive(struct inspection *in, const struct parcel_file *file)
{
	/* an archive the entry vouches for may be as it likes */
	const struct unpack_limits limits = { .known = true };
	const struct bagcheck_file *f = bagcheck_find(in->bag, file->name);
	const struct expected *x =
	    f == NULL ? NULL : find_expected(in, f->sha256, false);
	char *name = mem_dup(file->name), *temp = NULL;
	struct content content;
	struct err *e = NULL;

	if (x == NULL || *x->content == '\0')
		goto done;
	if (file->path == NULL && (e = pour_out(&temp, in)) != NULL)
		goto done;
	e = content_of_archive(
	    &content, temp != NULL ? temp : file->path, &limits);
	if (e == NULL) {
		compare_content(in, name, x, &content);
		content_release(&content);
	} else if (!err_is(e, ERR_SYSTEM)) {
		note(in, "delivery", name, "fail", err_text(e));
		err_drop(e); /* noted */
		e = NULL;
	}
done:
	if (temp != NULL)
		unlink(temp);
	free(temp);
	free(name);
	return e;
}

static struct err *
check_archives(struct inspection *in)
{
	const struct parcel_file *file;
	struct err *e = parcel_rewind(in->parcel);

	while (e == NULL && (e = parcel_next(in->parcel, &file)) == NULL &&
	    file != NULL) {
		size_t len = strlen(file->name);

		if (!file->outside && len > 4 &&
		    strncmp(file->name, DELIVERIES, strlen(DELIVERIES)) == 0 &&
		    strcmp(file->name + len - 4, ".zip") == 0)
			e = check_archive(in, file);
	}
	return e;
}

/*
 * The fingerprint.
 */

/* As people paste it: blanks and capitals do not matter. */
static struct err *
read_fingerprint(char out[static SHA256_HEX], const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (isspace((unsigned char)*text))
			continue;
		if (n == SHA256_HEX - 1 || !isxdigit((unsigned char)*text))
			return err_new(ERR_USAGE,
			    "--fingerprint: it is not 64 hexadecimal digits");
		out[n++] = (char)tolower((unsigned char)*text);
	}
	out[n] = '\0';
	if (n != SHA256_HEX - 1)
		return err_new(ERR_USAGE,
		    "--fingerprint: it is not 64 hexadecimal digits");
	return NULL;
}

static void
check_fingerprint(struct inspection *in, const char *wanted)
{
	const struct bagcheck_file *f =
	    in->bag == NULL ? NULL : bagcheck_find(in->bag, "root.txt");

	if (*wanted == '\0')
		note(in, "fingerprint", "root.txt", "skipped",
		    in->vouched ?
			"none was given; the signature vouches "
			"that it is the original" :
			verdict_passed(in->checks) ?
			"complete and consistent; nobody vouches that it is "
			"the original" :
			"none was given to compare it with");
	else if (f == NULL || strcmp(f->sha256, wanted) != 0)
		note(in, "fingerprint", "root.txt", "fail",
		    "it is another package");
	else
		note(in, "fingerprint", "root.txt", "pass",
		    "it is the package this fingerprint was made of");
}

/*
 * All of it.
 */

static struct err *
check_as_package(struct inspection *in)
{
	const struct expected *x;
	struct err *e;

	check_bytes_of_declaration(in);
	if (in->bag->warnings)
		note(in, "files", "data", "fail",
		    "a package has no names or lists that a reader could "
		    "stumble over");
	check_tags(in);
	check_tag_manifest(in);
	check_root(in);
	if ((e = check_signature(in)) != NULL ||
	    (e = check_token(in)) != NULL || (e = check_orders(in)) != NULL)
		return e;
	vec_each (x, &in->expected)
		check_expected(in, x);
	check_named(in);
	e = check_parts(in);
	if (e == NULL)
		e = check_archives(in);
	return e != NULL ?
	    e :
	    vouch_check(in->checks, in->parcel, in->bag, in->orders.v,
		in->orders.n, in->key, in->options->judge);
}

static bool
is_bag(const struct parcel *p)
{
	return parcel_has(p, "bagit.txt") || parcel_has(p, "bag-info.txt") ||
	    parcel_has(p, "root.txt") || parcel_has_below(p, "manifest-") ||
	    parcel_has_below(p, "tagmanifest-") || parcel_has_below(p, ORDERS);
}

/* One that lost root.txt is still told from any other bag. */
static bool
is_package(const struct parcel *p)
{
	return parcel_has(p, "root.txt") || parcel_has_below(p, ORDERS) ||
	    parcel_has(p, "data/HOW-TO-VERIFY.txt") ||
	    parcel_has(p, "data/check-chain.sh");
}

/* Does the file begin as a ZIP does, or end like one? */
static bool
looks_like_zip(const char *path)
{
	static const char end_record[4] = "PK\5\6";
	char part[ZIP_TAIL];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t n = -1;
	bool zip = false;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		n = pread(fd, part, 4, 0);
		zip = n == 4 && memcmp(part, "PK\3\4", 4) == 0;
		n = pread(fd, part, sizeof(part),
		    st.st_size > ZIP_TAIL ? st.st_size - ZIP_TAIL : 0);
	}
	if (n > 0)
		zip |= memmem(part, (size_t)n, end_record, 4) != NULL;
	if (fd >= 0)
		close(fd);
	return zip;
}

bool
inspect_is_bag_folder(const char *path)
{
	bool found = false;

	for (size_t i = 0; bag_tags[i] != NULL && !found; i++) {
		char *tag = path_join(path, bag_tags[i]);

		found = file_exists(tag);
		free(tag);
	}
	return found;
}

/*
 * A ZIP that breaks a rule, or breaks off, is a damaged package; what is no
 * ZIP at all never was one.
 */
static struct err *
open_parcel(struct inspection *in, const char *path, bool *damaged)
{
	struct err *e = parcel_open(&in->parcel, path);

	*damaged = false;
	if (e == NULL || err_is(e, ERR_NOT_FOUND) || err_is(e, ERR_SYSTEM))
		return e;
	if (!file_is_dir(path) && !looks_like_zip(path))
		return err_wrap(e, "no package");
	*damaged = true;
	note(in, "files", path_base(path), "fail", err_text(e));
	err_drop(e); /* noted */
	return NULL;
}

static void
release(struct inspection *in)
{
	struct expected *x;

	vec_each (x, &in->expected)
		free(x->what);
	vec_release(&in->expected);
	for (size_t i = 0; i < in->orders.n; i++) {
		free(in->orders.v[i].id);
		free(in->orders.v[i].name);
		stream_free(in->orders.v[i].stream);
	}
	vec_release(&in->orders);
	free(in->key);
	bagcheck_free(in->bag);
	parcel_close(in->parcel);
}

/* What cannot be read to its end was damaged on the way. */
static struct err *
check_bag(struct inspection *in, const char *path)
{
	struct err *e = bagcheck_run(&in->bag, in->checks, in->parcel);

	if (e == NULL && is_package(in->parcel))
		e = check_as_package(in);
	else if (e == NULL)
		note(in, "package", path_base(path), "skipped",
		    "a bag, but no evidence package of deed");
	if (e == NULL || err_is(e, ERR_SYSTEM))
		return e;
	note(in, "files", path_base(path), "fail", err_text(e));
	err_drop(e); /* noted */
	return NULL;
}

struct err *
inspect_package(struct node *checks, const char *path,
    const struct inspect_options *options)
{
	struct inspection in = { .checks = checks, .options = options };
	char wanted[SHA256_HEX] = "";
	bool damaged;
	struct err *e = NULL;

	if (options->fingerprint != NULL &&
	    (e = read_fingerprint(wanted, options->fingerprint)) != NULL)
		return e;
	if ((e = open_parcel(&in, path, &damaged)) != NULL || damaged)
		goto done;
	if (!is_bag(in.parcel)) {
		e = err_new(ERR_UNSUPPORTED,
		    "%s is no package: there is no "
		    "bagit.txt in it",
		    path);
		goto done;
	}
	e = check_bag(&in, path);
	if (e == NULL)
		check_fingerprint(&in, wanted);
done:
	release(&in);
	return e;
}
