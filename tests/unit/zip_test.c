/* SPDX-License-Identifier: ISC */
#include "core/zip.h"

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/unit/tool.h"

#define NOON 1795428902 /* 2026-11-23T10:15:02Z */

struct sample {
	const char *name;
	enum zip_type type;
	struct buf bytes;
};

#define N_SAMPLES 9

/* One of each: small, stored, program, link, non-ASCII, long and longer. */
static void
make_samples(struct sample *s)
{
	static const struct {
		const char *name;
		enum zip_type type;
	} kinds[N_SAMPLES] = {
		{ "README", ZIP_FILE },
		{ "a-picture.txt", ZIP_FILE },
		{ "a/b/empty", ZIP_FILE },
		{ "a/photo.jpg", ZIP_FILE },
		{ "a/run.sh", ZIP_PROGRAM },
		{ "link", ZIP_LINK },
		{ "long/dump.sql", ZIP_FILE },
		{ "long/video.mp4", ZIP_FILE },
		{ "\xc3\xbcn\xc3\xaf \xf0\x9f\x93\xa6", ZIP_FILE },
	};

	for (size_t i = 0; i < N_SAMPLES; i++) {
		s[i].name = kinds[i].name;
		s[i].type = kinds[i].type;
		buf_init(&s[i].bytes);
	}
	buf_adds(&s[0].bytes, "one\n");
	add_noise(&s[1].bytes, 400000, 1); /* in spite of its name */
	add_text(&s[3].bytes, 400000, 2);  /* as well */
	buf_adds(&s[4].bytes, "#!/bin/sh\n#!/bin/sh\n#!/bin/sh\n#!/bin/sh\n");
	buf_adds(&s[5].bytes, "a/run.sh");
	add_text(&s[6].bytes, (9u << 20) + 77, 3);
	add_noise(&s[7].bytes, (9u << 20) + 1, 4);
	buf_adds(&s[8].bytes, "x");
}

static void
free_samples(struct sample *s)
{
	for (size_t i = 0; i < N_SAMPLES; i++)
		buf_release(&s[i].bytes);
}

static void
add_member(struct zip *z, const struct sample *s, size_t step)
{
	struct zip_member m = { s->name, s->type, (int64_t)s->bytes.len };

	assert_ok(zip_begin(z, &m));
	for (size_t at = 0; at < s->bytes.len; at += step)
		assert_ok(zip_write(z, s->bytes.data + at,
		    s->bytes.len - at < step ? s->bytes.len - at : step));
	assert_ok(zip_end(z));
}

/* The same from a file, which is looked at before. */
static void
pour_member(struct zip *z, const struct sample *s, unsigned threads)
{
	struct zip_member m = { s->name, s->type, (int64_t)s->bytes.len };
	char *dir = scratch(), *path = path_join(dir, "file");
	int fd;

	put_file(dir, "file", s->bytes.data, s->bytes.len);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_ok(zip_look(&m, fd, path, threads));
	assert_int_equal(m.is_known, strcmp(s->name, "long/video.mp4") == 0);
	assert_ok(zip_begin(z, &m));
	assert_ok(zip_pour(z, fd, path));
	assert_ok(zip_end(z));
	close(fd);
	file_remove_tree(dir);
	free(path);
	free(dir);
}

static int
open_new(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	return fd;
}

/*
 * Make the archive of samples at path, and check the totals.  Members are
 * pushed in by steps; with a step of 0 they are files.
 */
static void
make_zip(const char *path, const struct sample *s, unsigned threads,
    size_t step, int64_t time, char sha256[static SHA256_HEX])
{
	struct zip_spec spec = {
		.fd = open_new(path),
		.path = path,
		.time = time,
		.threads = threads,
	};
	struct zip_total total;
	struct zip *z;
	int64_t size;

	assert_ok(zip_new(&z, &spec));
	for (size_t i = 0; i < N_SAMPLES; i++)
		if (step > 0)
			add_member(z, &s[i], step);
		else
			pour_member(z, &s[i], threads);
	assert_ok(zip_finish(z, &total));
	zip_free(z);
	close(spec.fd);
	assert_ok(digest_file(path, sha256, &size));
	assert_string_equal(sha256, total.sha256);
	assert_int_equal(size, total.size);
	assert_int_equal(total.members, N_SAMPLES);
}

static void
bytes_depend_on_members_and_time_alone(void **state)
{
	char *dir = scratch(), *one = path_join(dir, "one.zip");
	char *two = path_join(dir, "sub/two.zip"), *four = path_join(dir, "4");
	char sha_one[SHA256_HEX], sha_two[SHA256_HEX], sha_four[SHA256_HEX];
	struct sample s[N_SAMPLES];
	mode_t mask;

	(void)state;
	make_samples(s);
	make_zip(one, s, 1, SIZE_MAX / 2, NOON, sha_one);
	setenv("TZ", "America/New_York", 1);
	tzset();
	setlocale(LC_ALL, "C.UTF-8");
	mask = umask(077);
	assert_ok(file_mkdir_for(two, 0700));
	make_zip(two, s, 2, 100003, NOON, sha_two);
	umask(mask);
	setlocale(LC_ALL, "C");
	unsetenv("TZ");
	tzset();
	make_zip(four, s, 4, 1u << 20, NOON, sha_four);
	assert_string_equal(sha_one, sha_two);
	assert_string_equal(sha_one, sha_four);
	for (unsigned threads = 1; threads <= 3; threads++) {
		assert_ok(file_unlink(four));
		make_zip(four, s, threads, 0, NOON, sha_four);
		assert_string_equal(sha_one, sha_four);
	}
	free_samples(s);
	file_remove_tree(dir);
	free(four);
	free(two);
	free(one);
	free(dir);
}

static const char read_with_java[] =
    "import java.io.*;\n"
    "import java.util.*;\n"
    "import java.util.zip.*;\n"
    "public class Read {\n"
    "  static long drain(InputStream in) throws IOException {\n"
    "    byte[] b = new byte[65536]; long n = 0; int k;\n"
    "    while ((k = in.read(b)) > 0) n += k;\n"
    "    return n;\n"
    "  }\n"
    "  public static void main(String[] a) throws IOException {\n"
    "    Map<String, Long> seen = new TreeMap<>();\n"
    "    try (ZipInputStream z = new ZipInputStream(\n"
    "        new BufferedInputStream(new FileInputStream(a[0])))) {\n"
    "      for (ZipEntry e; (e = z.getNextEntry()) != null;)\n"
    "        seen.put(e.getName(), drain(z));\n"
    "    }\n"
    "    int n = 0;\n"
    "    try (ZipFile z = new ZipFile(a[0])) {\n"
    "      for (ZipEntry e : Collections.list(z.entries())) {\n"
    "        n++;\n"
    "        if (drain(z.getInputStream(e)) != seen.get(e.getName()))\n"
    "          throw new IOException(e.getName());\n"
    "      }\n"
    "    }\n"
    "    System.out.println(n + \" \" + seen.size());\n"
    "  }\n"
    "}\n";

/* In the folder dir lies out.zip, and what it was made of in "from". */
static void
every_reader_agrees(const char *dir, int members)
{
	char *script, *said;

	put_file(dir, "Read.java", read_with_java, strlen(read_with_java));
	shell(dir,
	    "unzip -tqq out.zip && 7z t out.zip >7z.log && "
	    "python3 -m zipfile -t out.zip >py.log && "
	    "mkdir a b c && (cd a && unzip -q ../out.zip) && "
	    "(cd b && 7z x ../out.zip >../7z.log) && "
	    "(cd c && bsdtar -xf ../out.zip) && "
	    "diff -r --no-dereference a from && "
	    "diff -r --no-dereference b from && "
	    "diff -r --no-dereference c from && "
	    "test -x a/a/run.sh -a ! -x a/README");
	said = shell_says(dir, "java Read.java out.zip");
	script = mem_printf("%d %d", members, members);
	assert_string_equal(said, script);
	free(script);
	free(said);
}

static void
five_readers_unpack_what_was_packed(void **state)
{
	char *dir = scratch(), *from = path_join(dir, "from");
	char *path = path_join(dir, "out.zip"), sha256[SHA256_HEX];
	struct sample s[N_SAMPLES];

	(void)state;
	make_samples(s);
	make_zip(path, s, 2, 1u << 20, NOON, sha256);
	for (size_t i = 0; i < N_SAMPLES; i++)
		if (s[i].type != ZIP_LINK)
			put_file(
			    from, s[i].name, s[i].bytes.data, s[i].bytes.len);
	shell(from, "ln -s a/run.sh link && chmod +x a/run.sh");
	every_reader_agrees(dir, N_SAMPLES);
	free_samples(s);
	file_remove_tree(dir);
	free(path);
	free(from);
	free(dir);
}

/* What Python reads of each member: name, method, time, flags, mode, extra. */
static char *
listing(const char *dir)
{
	return shell_says(dir,
	    "python3 - <<'END'\n"
	    "import zipfile\n"
	    "for i in zipfile.ZipFile('out.zip').infolist():\n"
	    "  print(i.compress_type, '%04d-%02d-%02d %02d:%02d:%02d' % "
	    "i.date_time, '%x' % i.flag_bits, '%o' % (i.external_attr >> 16), "
	    "len(i.extra), i.create_system, i.filename)\n"
	    "END\n");
}

static void
headers_say_only_what_is_needed(void **state)
{
	char *dir = scratch(), *path = path_join(dir, "out.zip");
	char sha256[SHA256_HEX], *said;
	struct sample s[N_SAMPLES];

	(void)state;
	make_samples(s);
	make_zip(path, s, 2, 1u << 20, NOON, sha256);
	said = listing(dir);
	assert_string_equal(said,
	    "0 2026-11-23 10:15:02 0 100644 0 3 README\n"
	    "0 2026-11-23 10:15:02 0 100644 0 3 a-picture.txt\n"
	    "0 2026-11-23 10:15:02 0 100644 0 3 a/b/empty\n"
	    "8 2026-11-23 10:15:02 0 100644 0 3 a/photo.jpg\n"
	    "8 2026-11-23 10:15:02 0 100755 0 3 a/run.sh\n"
	    "0 2026-11-23 10:15:02 0 120777 0 3 link\n"
	    "8 2026-11-23 10:15:02 0 100644 0 3 long/dump.sql\n"
	    "0 2026-11-23 10:15:02 0 100644 0 3 long/video.mp4\n"
	    "0 2026-11-23 10:15:02 800 100644 0 3 "
	    "\xc3\xbcn\xc3\xaf \xf0\x9f\x93\xa6");
	free(said);
	free_samples(s);
	file_remove_tree(dir);
	free(path);
	free(dir);
}

static void
times_are_held_within_what_zip_can_say(void **state)
{
	static const struct {
		int64_t time;
		const char *says;
	} times[] = {
		{ 0, "1980-01-01 00:00:00" },
		{ -5000000000, "1980-01-01 00:00:00" },
		{ 315532801, "1980-01-01 00:00:00" },
		{ 4354819199, "2107-12-31 23:59:58" },
		{ 7000000000, "2107-12-31 23:59:58" },
	};
	struct sample s[N_SAMPLES];

	(void)state;
	make_samples(s);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		char *dir = scratch(), *path = path_join(dir, "out.zip");
		char sha256[SHA256_HEX], *said;

		make_zip(path, s, 2, 1u << 20, times[i].time, sha256);
		said = listing(dir);
		assert_non_null(strstr(said, times[i].says));
		free(said);
		file_remove_tree(dir);
		free(path);
		free(dir);
	}
	free_samples(s);
}

struct seen {
	const struct sample *samples;
	size_t n, found;
};

static void
see(void *arg, const struct zip_record *record)
{
	struct seen *seen = arg;
	const struct sample *s = &seen->samples[seen->n++];
	char sha256[SHA256_HEX];

	digest_of(s->bytes.data, s->bytes.len, sha256);
	assert_string_equal(record->name, s->name);
	assert_string_equal(record->sha256, sha256);
	assert_int_equal(record->size, s->bytes.len);
	assert_int_equal(record->type, s->type);
	if (record->found != NULL) {
		assert_string_equal(record->found, "a shell script");
		assert_string_equal(record->name, "a/run.sh");
		seen->found++;
	}
}

static const char *
inspect(void *arg, const void *p, size_t len)
{
	(void)arg;
	return len > 2 && memcmp(p, "#!", 2) == 0 ? "a shell script" : NULL;
}

static void
each_member_is_told_in_order_with_its_digest(void **state)
{
	char *dir = scratch(), *path = path_join(dir, "out.zip");
	struct sample s[N_SAMPLES];
	struct seen seen = { .samples = s };
	struct zip_spec spec = {
		.fd = open_new(path),
		.path = path,
		.threads = 2,
		.done = see,
		.inspect = inspect,
		.arg = &seen,
	};
	struct zip_total total;
	struct zip *z;

	(void)state;
	make_samples(s);
	assert_ok(zip_new(&z, &spec));
	for (size_t i = 0; i < N_SAMPLES; i++)
		add_member(z, &s[i], 1u << 20);
	assert_ok(zip_finish(z, &total));
	assert_int_equal(seen.n, N_SAMPLES);
	assert_int_equal(seen.found, 1);
	zip_free(z);
	close(spec.fd);
	free_samples(s);
	file_remove_tree(dir);
	free(path);
	free(dir);
}

static void
mistakes_are_refused_and_leave_nothing_hanging(void **state)
{
	char *dir = scratch(), *path = path_join(dir, "out.zip");
	struct zip_spec spec = {
		.fd = open_new(path), .path = path, .threads = 2
	};
	struct zip_member b = { "b", ZIP_FILE, 3 }, a = { "a", ZIP_FILE, 3 };
	struct zip_member huge = { "c", ZIP_FILE, 20 << 20 };
	struct buf noise = BUF_INIT;
	struct zip *z;

	(void)state;
	assert_ok(zip_new(&z, &spec));
	assert_ok(zip_begin(z, &b));
	assert_err(zip_write(z, "four", 4), ERR_CONFLICT,
	    "b changed while it was read");
	zip_free(z);

	assert_ok(zip_new(&z, &spec));
	assert_ok(zip_begin(z, &b));
	assert_ok(zip_write(z, "no", 2));
	assert_err(zip_end(z), ERR_CONFLICT, "b changed while it was read");
	zip_free(z);

	assert_ok(zip_new(&z, &spec));
	assert_ok(zip_begin(z, &b));
	assert_ok(zip_write(z, "yes", 3));
	assert_ok(zip_end(z));
	assert_err(zip_begin(z, &a), ERR_INVALID, "out of order");
	zip_free(z);

	/* in the middle of a long one that has not been judged yet */
	assert_ok(zip_new(&z, &spec));
	assert_ok(zip_begin(z, &huge));
	add_noise(&noise, 3 << 20, 1);
	assert_ok(zip_write(z, noise.data, noise.len));
	zip_free(z);
	buf_release(&noise);
	close(spec.fd);
	file_remove_tree(dir);
	free(path);
	free(dir);
}

/* Pour a file of 9 MiB that becomes another between being looked at and read. */
static void
pour_changed(const char *dir, size_t len, bool is_caught_early)
{
	char *path = path_join(dir, "file"), *out = path_join(dir, "out.zip");
	struct zip_spec spec = { .fd = open_new(out), .path = out };
	struct zip_member m = { "a", ZIP_FILE, 9 << 20 };
	struct buf noise = BUF_INIT;
	struct zip_total total;
	struct zip *z;
	struct err *e;
	int fd;

	add_noise(&noise, 9 << 20, 1);
	put_file(dir, "file", noise.data, noise.len);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_ok(zip_new(&z, &spec));
	assert_ok(zip_look(&m, fd, path, 2));
	noise.data[5 << 20] ^= 1;
	assert_ok(file_write_at(fd, noise.data, noise.len, 0, path));
	assert_int_equal(ftruncate(fd, (off_t)len), 0);
	assert_ok(zip_begin(z, &m));
	e = zip_pour(z, fd, path);
	if (e == NULL)
		e = zip_end(z);
	assert_int_equal(e != NULL, is_caught_early);
	if (e == NULL)
		e = zip_finish(z, &total);
	assert_err(e, ERR_CONFLICT, "a changed while it was read");
	zip_free(z);
	buf_release(&noise);
	close(fd);
	close(spec.fd);
	assert_ok(file_unlink(path));
	assert_ok(file_unlink(out));
	free(out);
	free(path);
}

static void
a_file_that_changes_meanwhile_is_refused(void **state)
{
	char *dir = scratch();

	(void)state;
	pour_changed(dir, (9 << 20) - 1, true);
	pour_changed(dir, (9 << 20) + 1, true);
	pour_changed(dir, 9 << 20, false);
	file_remove_tree(dir);
	free(dir);
}

static void
an_archive_may_be_empty_or_have_many_members(void **state)
{
	char *dir = scratch(), *path = path_join(dir, "out.zip");
	char *none = path_join(dir, "none.zip"), *said;
	struct zip_spec spec = {
		.fd = open_new(none), .path = none, .threads = 2
	};
	struct zip_total total;
	struct zip *z;

	(void)state;
	assert_ok(zip_new(&z, &spec));
	assert_ok(zip_finish(z, &total));
	assert_int_equal(total.size, 22);
	zip_free(z);
	close(spec.fd);

	spec.fd = open_new(path);
	spec.path = path;
	assert_ok(zip_new(&z, &spec));
	for (int i = 0; i < 70000; i++) {
		char name[32];
		struct zip_member m = { name, ZIP_FILE, 1 };

		snprintf(name, sizeof(name), "%05d", i);
		assert_ok(zip_begin(z, &m));
		assert_ok(zip_write(z, "x", 1));
		assert_ok(zip_end(z));
	}
	assert_ok(zip_finish(z, &total));
	zip_free(z);
	close(spec.fd);
	put_file(dir, "Read.java", read_with_java, strlen(read_with_java));
	said = shell_says(dir,
	    "unzip -Z1 out.zip | wc -l && bsdtar -tf out.zip | wc -l && "
	    "java Read.java out.zip && 7z t out.zip | grep ^Files && "
	    "python3 -c 'import zipfile; "
	    "print(len(zipfile.ZipFile(\"out.zip\").namelist()))'");
	assert_string_equal(
	    said, "70000\n70000\n70000 70000\nFiles: 70000\n70000");
	free(said);
	file_remove_tree(dir);
	free(none);
	free(path);
	free(dir);
}

static bool
has_room(const char *dir, uint64_t bytes)
{
	struct statvfs fs;

	return statvfs(dir, &fs) == 0 &&
	    (uint64_t)fs.f_bavail * fs.f_frsize > bytes;
}

/* Sizes, and the place of the last header, are beyond 32 bits. */
static void
archives_beyond_4_gib_are_zip64(void **state)
{
	const int64_t size = (int64_t)4200 << 20;
	char *dir = scratch(), *path = path_join(dir, "out.zip"), *said;
	struct zip_member big = { "big", ZIP_FILE, size };
	struct zip_member small = { "small", ZIP_FILE, 5 };
	struct zip_spec spec = {
		.fd = open_new(path), .path = path, .threads = 2
	};
	struct buf noise = BUF_INIT;
	struct zip_total total;
	struct zip *z;

	(void)state;
	if (!has_room(dir, (uint64_t)9 << 30)) {
		print_message("# skip: less than 9 GiB free in %s\n", dir);
		file_remove_tree(dir);
		skip();
	}
	add_noise(&noise, 1 << 20, 1);
	assert_ok(zip_new(&z, &spec));
	assert_ok(zip_begin(z, &big));
	for (int i = 0; i < 4200; i++)
		assert_ok(zip_write(z, noise.data, noise.len));
	assert_ok(zip_end(z));
	assert_ok(zip_begin(z, &small));
	assert_ok(zip_write(z, "hello", 5));
	assert_ok(zip_end(z));
	assert_ok(zip_finish(z, &total));
	assert_in_range(total.size, size, size + 1000);
	zip_free(z);
	close(spec.fd);
	put_file(dir, "Read.java", read_with_java, strlen(read_with_java));
	said = shell_says(dir,
	    "unzip -p out.zip small && echo && bsdtar -xOf out.zip small && "
	    "echo && 7z l -slt out.zip | grep ^Size && "
	    "python3 -c 'import zipfile; z = zipfile.ZipFile(\"out.zip\"); "
	    "print(z.read(\"small\"), z.getinfo(\"big\").file_size)' && "
	    "java Read.java out.zip");
	assert_string_equal(said,
	    "hello\nhello\nSize = 4404019200\nSize = 5\n"
	    "b'hello' 4404019200\n2 2");
	free(said);
	buf_release(&noise);
	file_remove_tree(dir);
	free(path);
	free(dir);
}

/* In a child: pack long members, and tell the most memory it took. */
static void
pack_much(const char *path)
{
	struct zip_spec spec = {
		.fd = open_new(path), .path = path, .threads = 2
	};
	struct zip_total total;
	struct buf bytes = BUF_INIT;
	struct zip *z;

	add_text(&bytes, 8 << 20, 1);
	assert_ok(zip_new(&z, &spec));
	for (int i = 0; i < 12; i++) {
		char name[32];
		/* by turns as long as is taken whole, and much longer */
		int64_t times = i % 3 == 2 ? 12 : 1;
		struct zip_member m = { name, ZIP_FILE, times * (8 << 20) };

		snprintf(name, sizeof(name), "%02d", i);
		assert_ok(zip_begin(z, &m));
		for (int64_t k = 0; k < times; k++)
			assert_ok(zip_write(z, bytes.data, bytes.len));
		assert_ok(zip_end(z));
	}
	assert_ok(zip_finish(z, &total));
	zip_free(z);
}

static void
memory_does_not_grow_with_sizes(void **state)
{
	char *dir, *path;
	struct rusage usage;
	int status = 1;
	pid_t pid;

	(void)state;
#ifdef __SANITIZE_ADDRESS__
	print_message("# skip: the sanitizer takes memory of its own\n");
	skip();
#endif
	dir = scratch();
	path = path_join(dir, "out.zip");
	pid = fork();
	if (pid == 0) {
		pack_much(path);
		_exit(0);
	}
	assert_int_equal(wait4(pid, &status, 0, &usage), pid);
	assert_int_equal(status, 0);
	/* the 8 MiB that the test itself holds are included */
	assert_in_range(usage.ru_maxrss, 1, 56 << 10);
	file_remove_tree(dir);
	free(path);
	free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		/* first, while the process is small: a child begins as large */
		cmocka_unit_test(memory_does_not_grow_with_sizes),
		cmocka_unit_test(bytes_depend_on_members_and_time_alone),
		cmocka_unit_test(five_readers_unpack_what_was_packed),
		cmocka_unit_test(headers_say_only_what_is_needed),
		cmocka_unit_test(times_are_held_within_what_zip_can_say),
		cmocka_unit_test(each_member_is_told_in_order_with_its_digest),
		cmocka_unit_test(
		    mistakes_are_refused_and_leave_nothing_hanging),
		cmocka_unit_test(a_file_that_changes_meanwhile_is_refused),
		cmocka_unit_test(an_archive_may_be_empty_or_have_many_members),
		cmocka_unit_test(archives_beyond_4_gib_are_zip64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
