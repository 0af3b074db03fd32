/* SPDX-License-Identifier: ISC */
#include "core/evidence/inspect_parts.h"

#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/evidence/bag.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/verdict.h"

#define ZIP_TAIL (64 << 10) /* bytes at its end in which its end record is */

void
inspect_note(struct inspection *in, const char *name, const char *subject,
    const char *result, const char *detail)
{
	verdict_note(in->checks, name, subject, result, detail);
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
		inspect_note(in, "fingerprint", "root.txt", "skipped",
		    in->vouched ?
			"none was given; the signature vouches "
			"that it is the original" :
			verdict_passed(in->checks) ?
			"complete and consistent; nobody vouches that it is "
			"the original" :
			"none was given to compare it with");
	else if (f == NULL || strcmp(f->sha256, wanted) != 0)
		inspect_note(in, "fingerprint", "root.txt", "fail",
		    "it is another package");
	else
		inspect_note(in, "fingerprint", "root.txt", "pass",
		    "it is the package this fingerprint was made of");
}

/*
 * All of it.
 */

static struct err *
check_as_package(struct inspection *in)
{
	struct err *e;

	if ((e = inspect_seal(in)) != NULL || (e = inspect_files(in)) != NULL)
		return e;
	return vouch_check(in->checks, in->parcel, in->bag, in->orders.v,
	    in->orders.n, in->key, in->options->judge);
}

static bool
is_bag(const struct parcel *p)
{
	return parcel_has(p, "bagit.txt") || parcel_has(p, "bag-info.txt") ||
	    parcel_has(p, "root.txt") || parcel_has_below(p, "manifest-") ||
	    parcel_has_below(p, "tagmanifest-") ||
	    parcel_has_below(p, INSPECT_ORDERS);
}

/* One that lost root.txt is still told from any other bag. */
static bool
is_package(const struct parcel *p)
{
	return parcel_has(p, "root.txt") ||
	    parcel_has_below(p, INSPECT_ORDERS) ||
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
	inspect_note(in, "files", path_base(path), "fail", err_text(e));
	err_drop(e); /* noted */
	return NULL;
}

static void
release(struct inspection *in)
{
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
		inspect_note(in, "package", path_base(path), "skipped",
		    "a bag, but no evidence package of deed");
	if (e == NULL || err_is(e, ERR_SYSTEM))
		return e;
	inspect_note(in, "files", path_base(path), "fail", err_text(e));
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
