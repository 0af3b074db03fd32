/* SPDX-License-Identifier: ISC */
#include "core/ext/unpack.h"

#include "tests/unit/tool.h"

/* Read all of it, as whoever unpacks would. */
static struct err *
read_within(
    const char *path, const struct unpack_limits *limits, struct buf *names)
{
	const struct unpack_entry *entry;
	struct unpack *u;
	struct err *e = unpack_open(&u, path, limits);
	const void *p;
	size_t len;

	while (e == NULL && (e = unpack_next(u, &entry)) == NULL &&
	    entry != NULL) {
		if (names != NULL)
			buf_addf(names, "%s|", entry->name);
		while ((e = unpack_read(u, &p, &len)) == NULL && len > 0)
			continue;
	}
	unpack_close(u);
	return e;
}

static struct err *
read_all(const char *path, bool known, struct buf *names)
{
	const struct unpack_limits limits = { .known = known };

	return read_within(path, &limits, names);
}

struct verdict {
	const char *file;
	int code;          /* 0: it is read */
	const char *words; /* in the error, or the names */
};

static const struct verdict verdicts[] = {
	{ "archive-zip-perl/crypt.zip", ERR_UNSUPPORTED, "encrypted" },
	{ "archive-zip-perl/dotdot-from-unexistant-path.zip", ERR_INVALID,
	    "\"..\"" },
	{ "archive-zip-perl/empty.zip", 0, "fred|" },
	{ "archive-zip-perl/emptyzip.zip", 0, "" },
	{ "archive-zip-perl/link-samename.zip", ERR_INVALID, "twice" },
	{ "archive-zip-perl/zip64.zip", 0, "README|" },
	{ "golang-inline/CVE202127919.zip", ERR_INVALID, "../test.txt" },
	{ "golang-inline/Issue10956.zip", ERR_UNSUPPORTED, "no archive" },
	{ "golang-inline/rZipBytes.zip", 0, "r/r.zip|" },
	{ "golang/test-baddirsz.zip", ERR_INVALID, "directory" },
	{ "golang/test-trailing-junk.zip", ERR_INVALID, "not at its end" },
	{ "golang/time-go.zip", 0, "test.txt|" },
	{ "golang/time-infozip.zip", 0, "test.txt|" },
	{ "golang/time-winzip.zip", 0, "test.txt|" },
	{ "golang/utf8-7zip.zip", 0, "\xe4\xb8\x96\xe7\x95\x8c|" },
	{ "golang/utf8-osx.zip", 0, "\xe4\xb8\x96\xe7\x95\x8c|" },
	{ "golang/winxp.zip", 0, "hello|dir/bar|dir/empty|readonly|" },
	{ "golang/zip64.zip", 0, "README|" },
	{ "golang/readme.notzip", ERR_UNSUPPORTED, "no archive" },
	{ "libarchive/bz2_hang.zip", ERR_INVALID, "directory" },
	{ "libarchive/comment_stored_1.zip", 0, "file0|build.sh|" },
	{ "libarchive/filename_utf8_ru2.zip", ERR_INVALID, "not UTF-8" },
	{ "libarchive/symlink.zip", 0, "file|symlink|" },
	{ "libarchive/traditional_encryption_data.zip", ERR_UNSUPPORTED,
	    "encrypted" },
	{ "libarchive/with_invalid_traditional_eocd.zip", 0,
	    "test1.txt|test2.txt|" },
	{ "libzip/filename_duplicate.zip", ERR_INVALID, "twice" },
	{ "libzip/incons-central-compsize-smaller.zip", ERR_INVALID, "differ" },
	{ "libzip/incons-central-crc.zip", ERR_INVALID, "differ" },
	{ "libzip/incons-central-file-comment-longer.zip", ERR_INVALID, "cut" },
	{ "libzip/incons-central-magic-bad.zip", ERR_INVALID, "counts wrong" },
	{ "libzip/incons-central-magic-bad2.zip", ERR_INVALID, "counts wrong" },
	{ "libzip/incons-central-size-larger.zip", ERR_INVALID, "differ" },
	{ "libzip/incons-data.zip", ERR_SYNTAX, "CRC" },
	{ "libzip/incons-ef-local-id-size.zip", ERR_INVALID, "differ" },
	{ "libzip/incons-ef-local-size.zip", ERR_INVALID, "differ" },
	{ "libzip/incons-eocd-magic-bad.zip", ERR_INVALID, "directory" },
	{ "libzip/incons-file-count-high.zip", ERR_INVALID, "counts wrong" },
	{ "libzip/incons-file-count-low.zip", ERR_INVALID, "counts wrong" },
	{ "libzip/incons-file-count-overflow.zip", ERR_INVALID, "differ" },
	{ "libzip/incons-local-compression-method.zip", ERR_INVALID, "differ" },
	{ "libzip/incons-local-filename-long.zip", ERR_INVALID, "too early" },
	{ "libzip/incons-local-magic-bad.zip", ERR_UNSUPPORTED, NULL },
	{ "libzip/incons-local-size-larger.zip", ERR_INVALID, "differ" },
	{ "libzip/junk-at-end.zip", ERR_INVALID, "not at its end" },
	{ "libzip/streamed-zip64.zip", 0, "-|" },
	{ "libzip/utf-8-standardization-input.zip", ERR_INVALID, NULL },
	{ "rubyzip/gpbit3stored.zip", 0, "file1.txt|file2.txt|" },
	{ "rubyzip/invalid-split.zip", ERR_UNSUPPORTED, NULL },
	{ "rubyzip/zip-aes-128.zip", ERR_UNSUPPORTED, "encrypted" },
	{ "rubyzip/zip64-sample.zip", 0, "test.rb|word_file_test.rb|" },
	{ "rubyzip/zipWithCDirHeadersInPayload.zip", 0, "testfile|" },
	{ "rubyzip/zipWithTooBigCDirSizeField.zip", ERR_INVALID, NULL },
	{ "rubyzip/zipWithTooBigCDirSizeField64.zip", ERR_INVALID, NULL },
	{ "rubyzip/path_traversal/jwilk/absolute1.zip", ERR_INVALID,
	    "absolute" },
	{ "rubyzip/path_traversal/jwilk/dirsymlink.zip", ERR_INVALID,
	    "no folder" },
	{ "rubyzip/path_traversal/jwilk/relative0.zip", ERR_INVALID, "../moo" },
};

static void
every_sample_is_read_or_refused_as_it_deserves(void **state)
{
	char *dir = samples("zip");

	(void)state;
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		const struct verdict *v = &verdicts[i];
		char *path = path_join(dir, v->file);
		struct buf names = BUF_INIT;
		struct err *e = read_all(path, false, &names);

		if (v->code == 0 && e == NULL)
			assert_string_equal(names.data, v->words);
		assert_err(e, v->code, v->code == 0 ? NULL : v->words);
		buf_release(&names);
		free(path);
	}
	free(dir);
}

static void
make(const char *dir, const char *python)
{
	char *script = mem_printf("python3 - <<'END'\nimport io, tarfile, "
				  "zipfile\n%sEND\n",
	    python);

	shell(dir, script);
	free(script);
}

static void
names_that_clash_or_climb_are_refused(void **state)
{
	static const struct verdict made[] = {
		{ "case.zip", ERR_INVALID, "\"README\" is there twice, if" },
		{ "umlaut.zip", ERR_INVALID, "is there twice, if" },
		{ "parts.zip", ERR_INVALID, "is no folder" },
		{ "folder.zip", ERR_INVALID, "as a folder and as a file" },
		{ "back.zip", ERR_INVALID, "backslash" },
		{ "drive.zip", ERR_INVALID, "drive" },
		{ "bytes.zip", ERR_INVALID, "bytes of its own" },
		{ "lf.zip", ERR_INVALID, "control" },
		{ "root.tar", ERR_INVALID, "absolute" },
		{ "up.tar", ERR_INVALID, "\"..\"" },
		{ "hard.tar", ERR_INVALID, "hard link" },
		{ "fifo.tar", ERR_INVALID, "neither a file" },
		{ "device.tar", ERR_INVALID, "neither a file" },
	};
	char *dir = scratch();

	(void)state;
	make(dir,
	    "def z(path, *names):\n"
	    "  with zipfile.ZipFile(path, 'w') as f:\n"
	    "    for n in names: f.writestr(n, 'x')\n"
	    "def t(path, name, type, link=''):\n"
	    "  with tarfile.open(path, 'w') as f:\n"
	    "    i = tarfile.TarInfo(name)\n"
	    "    i.type = type\n"
	    "    i.linkname = link\n"
	    "    f.addfile(i)\n"
	    "z('case.zip', 'ReadMe', 'README')\n"
	    "z('umlaut.zip', '\\u00c4', '\\u00e4')\n"
	    "z('parts.zip', 'a', 'A/b')\n"
	    "z('folder.zip', 'a/b', 'A')\n"
	    "z('back.zip', 'a\\\\b')\n"
	    "z('drive.zip', 'C:x')\n"
	    "z('bytes.zip', 'a/')\n"
	    "z('lf.zip', 'a\\nb')\n"
	    "t('root.tar', '/etc/x', tarfile.REGTYPE)\n"
	    "t('up.tar', 'a/../../x', tarfile.REGTYPE)\n"
	    "t('hard.tar', 'x', tarfile.LNKTYPE, '/etc/passwd')\n"
	    "t('fifo.tar', 'x', tarfile.FIFOTYPE)\n"
	    "t('device.tar', 'x', tarfile.CHRTYPE)\n");
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		char *path = path_join(dir, made[i].file);

		assert_err(
		    read_all(path, false, NULL), made[i].code, made[i].words);
		free(path);
	}
	file_remove_tree(dir);
	free(dir);
}

static void
known_bytes_may_differ_in_case_only_and_have_backslashes(void **state)
{
	char *dir = scratch(), *path = path_join(dir, "x.zip");
	struct buf names = BUF_INIT;

	(void)state;
	make(dir,
	    "with zipfile.ZipFile('x.zip', 'w') as f:\n"
	    "  for n in ('Makefile', 'a\\\\b', 'makefile'):\n"
	    "    f.writestr(n, 'x')\n");
	assert_ok(read_all(path, true, &names));
	assert_string_equal(names.data, "Makefile|a\\b|makefile|");
	buf_release(&names);
	file_remove_tree(dir);
	free(path);
	free(dir);
}

/* e and its accent as two characters, as a Mac writes them. */
static void
names_stay_as_they_are_composed_or_not(void **state)
{
	char *dir = scratch(), *path = path_join(dir, "x.zip");
	struct buf names = BUF_INIT;

	(void)state;
	make(dir,
	    "with zipfile.ZipFile('x.zip', 'w') as f:\n"
	    "  for n in ('cafe\\u0301', 'caf\\u00e8'):\n"
	    "    f.writestr(n, 'x')\n");
	assert_ok(read_all(path, false, &names));
	assert_string_equal(names.data, "cafe\xcc\x81|caf\xc3\xa8|");
	buf_release(&names);
	file_remove_tree(dir);
	free(path);
	free(dir);
}

static void
an_archive_that_swells_is_refused_unless_it_is_known(void **state)
{
	static const char *const bombs[] = { "x.zip", "x.tar.gz", "x.7z" };
	char *dir = scratch();

	(void)state;
	shell(dir,
	    "truncate -s 50M zeros && zip -q x.zip zeros && "
	    "tar -czf x.tar.gz zeros && "
	    "bsdtar --format 7zip -cf x.7z zeros");
	for (size_t i = 0; i < 3; i++) {
		char *path = path_join(dir, bombs[i]);

		assert_err(read_all(path, false, NULL), ERR_LIMIT, "200 times");
		assert_ok(read_all(path, true, NULL));
		free(path);
	}
	file_remove_tree(dir);
	free(dir);
}

static void
what_a_stranger_claims_swells_as_deflate_can_and_no_more(void **state)
{
	const struct unpack_limits claimed = { .known = true, .claimed = true };
	char *dir = scratch(), *deflated = path_join(dir, "x.zip"),
	     *other = path_join(dir, "y.zip");

	(void)state;
	make(dir,
	    "for name, how in ('x', 8), ('y', 12):\n"
	    "  with zipfile.ZipFile(name + '.zip', 'w', how) as f:\n"
	    "    f.writestr('zeros', bytes(50 << 20))\n");
	assert_ok(read_within(deflated, &claimed, NULL));
	assert_err(read_within(other, &claimed, NULL), ERR_LIMIT, "1100 times");
	assert_ok(read_all(other, true, NULL));
	file_remove_tree(dir);
	free(other);
	free(deflated);
	free(dir);
}

static void
folders_that_only_names_make_are_counted(void **state)
{
	char *dir = scratch(), *path = path_join(dir, "x.tar.gz");

	(void)state;
	make(dir,
	    "with tarfile.open('x.tar.gz', 'w:gz') as f:\n"
	    "  for i in range(600):\n"
	    "    f.addfile(tarfile.TarInfo(str(i) + '/a' * 2000))\n");
	assert_err(read_all(path, false, NULL), ERR_LIMIT, "1000000");
	file_remove_tree(dir);
	free(path);
	free(dir);
}

/* Change count bytes of x.zip at an offset that Python calculates. */
static void
damage(const char *dir, const char *where, const char *bytes)
{
	char *script = mem_printf("b = bytearray(open('x.zip', 'rb').read())\n"
				  "at = %s\n"
				  "b[at:at + len(%s)] = %s\n"
				  "open('y.zip', 'wb').write(b)\n",
	    where, bytes, bytes);

	make(dir, script);
	free(script);
}

static void
two_readers_never_see_two_archives(void **state)
{
	static const struct {
		const char *where, *bytes, *words;
	} damages[] = {
		/* the name in the directory, and in the member */
		{ "b.rfind(b'bbb')", "b'ccc'", "differ" },
		{ "b.find(b'bbb')", "b'ccc'", "differ" },
		/* a member hidden: the directory tells of one only */
		{ "b.rfind(b'PK\\5\\6') + 8", "b'\\1\\0\\1\\0'", "counts" },
		/* junk behind, and a longer comment than there is */
		{ "len(b)", "b'junk'", "not at its end" },
		{ "len(b) - 2", "b'\\4\\0'", "not at its end" },
	};
	char *dir = scratch(), *path = path_join(dir, "y.zip");

	(void)state;
	make(dir,
	    "with zipfile.ZipFile('x.zip', 'w') as f:\n"
	    "  f.writestr('aaa', 'first')\n"
	    "  f.writestr('bbb', 'second')\n");
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		damage(dir, damages[i].where, damages[i].bytes);
		assert_err(
		    read_all(path, false, NULL), ERR_INVALID, damages[i].words);
	}
	/* two members in the same bytes */
	make(dir,
	    "b = bytearray(open('x.zip', 'rb').read())\n"
	    "one = b.find(b'PK\\1\\2')\n"
	    "two = b.find(b'PK\\1\\2', one + 1)\n"
	    "end = b.find(b'PK\\5\\6')\n"
	    "open('y.zip', 'wb').write(b[:two] + b[one:two] + b[end:])\n");
	assert_err(read_all(path, false, NULL), ERR_INVALID, "overlap");
	/* a member that the directory does not mention */
	make(dir,
	    "b = bytearray(open('x.zip', 'rb').read())\n"
	    "one = b.find(b'PK\\1\\2')\n"
	    "two = b.find(b'PK\\1\\2', one + 1)\n"
	    "end = bytearray(b[b.find(b'PK\\5\\6'):])\n"
	    "end[8:12] = b'\\1\\0\\1\\0'\n"
	    "end[12:16] = (two - one).to_bytes(4, 'little')\n"
	    "open('y.zip', 'wb').write(b[:two] + end)\n");
	assert_err(read_all(path, false, NULL), ERR_INVALID,
	    "a member is not in its directory");
	/* a second name, which readers that know its field prefer */
	make(dir,
	    "import struct, zlib\n"
	    "with zipfile.ZipFile('y.zip', 'w') as f:\n"
	    "  i = zipfile.ZipInfo('\\u00e4')\n"
	    "  i.extra = struct.pack('<HHBL', 0x7075, 7, 1,\n"
	    "    zlib.crc32(i.filename.encode())) + b'\\xc3\\xb6'\n"
	    "  f.writestr(i, 'x')\n");
	assert_err(read_all(path, false, NULL), ERR_INVALID, "two names");
	/* sizes that only a stream reads, behind the bytes */
	make(dir,
	    "import io\n"
	    "raw = io.BytesIO()\n"
	    "class Out(io.RawIOBase):\n"
	    "  def writable(self): return True\n"
	    "  def write(self, b): return raw.write(b)\n"
	    "with zipfile.ZipFile(Out(), 'w') as f:\n"
	    "  f.writestr('aaa', 'first')\n"
	    "open('x.zip', 'wb').write(raw.getvalue())\n");
	damage(dir, "len(b)", "b''");
	assert_ok(read_all(path, false, NULL));
	for (int i = 4; i < 16; i += 4) {
		char *where = mem_printf("b.find(b'PK\\7\\10') + %d", i);

		damage(dir, where, "b'\1\1'");
		assert_err(
		    read_all(path, false, NULL), ERR_INVALID, "not about it");
		free(where);
	}
	file_remove_tree(dir);
	free(path);
	free(dir);
}

static void
what_is_cut_is_refused_at_every_length(void **state)
{
	static const char *const kinds[] = { "x.zip", "x.tar", "x.tar.gz",
		"x.7z" };
	char *dir = scratch(), *cut = path_join(dir, "cut");

	(void)state;
	shell(dir,
	    "seq 2000 >a && seq 3000 >b && zip -q x.zip a b && "
	    "tar -cf x.tar a b && gzip -k x.tar && "
	    "bsdtar --format 7zip -cf x.7z a b");
	for (size_t i = 0; i < 4; i++) {
		char *path = path_join(dir, kinds[i]);
		struct buf bytes = BUF_INIT;

		assert_ok(file_read(&bytes, path, 1 << 20));
		for (size_t part = 1; part < 20; part++) {
			/* a tar may end early in its padding */
			size_t len = (bytes.len - 11000 * (i == 1)) / 20 * part;
			struct err *e;

			assert_ok(file_replace(cut, bytes.data, len, 0600));
			e = read_all(cut, false, NULL);
			assert_non_null(e);
			err_drop(e);
		}
		buf_release(&bytes);
		free(path);
	}
	file_remove_tree(dir);
	free(cut);
	free(dir);
}

static void
what_is_no_archive_is_said_to_be_none(void **state)
{
	char *dir = scratch(), *text = path_join(dir, "text");
	char *none = path_join(dir, "none"), *gz = path_join(dir, "text.gz");
	char *twice = path_join(dir, "twice");

	(void)state;
	shell(dir,
	    "echo hello >text && gzip -k text && : >none && "
	    "tar -c text | gzip | gzip >twice");
	assert_err(read_all(text, false, NULL), ERR_UNSUPPORTED, "no archive");
	assert_err(read_all(gz, false, NULL), ERR_UNSUPPORTED, "no archive");
	assert_err(read_all(none, false, NULL), ERR_UNSUPPORTED, "no archive");
	/* a compression in another may be one without end */
	assert_err(read_all(twice, false, NULL), ERR_UNSUPPORTED, "no archive");
	assert_err(read_all(dir, false, NULL), ERR_INVALID, "not a file");
	free(none);
	none = path_join(dir, "absent");
	assert_err(read_all(none, false, NULL), ERR_NOT_FOUND, "absent");
	file_remove_tree(dir);
	free(none);
	free(twice);
	free(gz);
	free(text);
	free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_sample_is_read_or_refused_as_it_deserves),
		cmocka_unit_test(names_that_clash_or_climb_are_refused),
		cmocka_unit_test(
		    known_bytes_may_differ_in_case_only_and_have_backslashes),
		cmocka_unit_test(names_stay_as_they_are_composed_or_not),
		cmocka_unit_test(
		    an_archive_that_swells_is_refused_unless_it_is_known),
		cmocka_unit_test(
		    what_a_stranger_claims_swells_as_deflate_can_and_no_more),
		cmocka_unit_test(folders_that_only_names_make_are_counted),
		cmocka_unit_test(two_readers_never_see_two_archives),
		cmocka_unit_test(what_is_cut_is_refused_at_every_length),
		cmocka_unit_test(what_is_no_archive_is_said_to_be_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
