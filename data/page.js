"use strict";
// The reader's own time, and a check of the package that is dropped on the
// page.  Nothing is fetched or sent: the policy of the page forbids it.
(function () {
	const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
	const here = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

	document.querySelectorAll("time[datetime$=Z]").forEach(function (t) {
		t.title = here.format(new Date(t.dateTime)) + " (" + zone + ")";
	});
	if (new Date().getTimezoneOffset() !== 0)
		document.querySelectorAll(".when time[data-exact]").forEach(function (t) {
			const own = document.createElement("span");
			own.className = "here";
			own.textContent = here.format(new Date(t.dateTime)) + ", your time";
			t.parentNode.append(own);
		});

	const box = document.getElementById("drop");
	if (!box || !window.crypto || !crypto.subtle || !window.DecompressionStream)
		return;
	const list = document.getElementById("drop-list");
	const said = document.getElementById("drop-said");
	const where = document.getElementById("drop-at");
	const input = document.getElementById("drop-file");
	box.hidden = false;

	const text = new TextDecoder();
	const hex = (b) => Array.from(new Uint8Array(b), (x) => x.toString(16).padStart(2, "0")).join("");
	const sha256 = async (b) => hex(await crypto.subtle.digest("SHA-256", b));

	function add(result, name, detail) {
		const li = document.createElement("li");
		const mark = document.createElement("b");
		mark.textContent = result;
		li.className = result;
		li.append(mark, " " + name + (detail ? ": " + detail : ""));
		list.append(li);
	}

	// A ZIP by its central directory; names and sizes are those it says.
	async function unzip(file) {
		const tailAt = Math.max(0, file.size - 65558);
		const tail = new DataView(await file.slice(tailAt).arrayBuffer());
		let end = tail.byteLength - 22;
		while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50)
			end--;
		if (end < 0)
			throw new Error("it is no ZIP");
		let count = tail.getUint16(end + 10, true), size = tail.getUint32(end + 12, true), at = tail.getUint32(end + 16, true);
		if (at === 0xffffffff || count === 0xffff) {
			if (end < 20 || tail.getUint32(end - 20, true) !== 0x07064b50)
				throw new Error("its directory is cut");
			const z = new DataView(await file.slice(Number(tail.getBigUint64(end - 12, true))).arrayBuffer());
			count = Number(z.getBigUint64(32, true));
			size = Number(z.getBigUint64(40, true));
			at = Number(z.getBigUint64(48, true));
		}
		const dir = await file.slice(at, at + size).arrayBuffer(), d = new DataView(dir);
		const files = new Map();
		for (let p = 0, n = 0; n < count; n++) {
			if (p + 46 > d.byteLength || d.getUint32(p, true) !== 0x02014b50)
				throw new Error("its directory is damaged");
			const nameLen = d.getUint16(p + 28, true), extra = d.getUint16(p + 30, true), note = d.getUint16(p + 32, true);
			const name = text.decode(new Uint8Array(dir, p + 46, nameLen));
			const f = { method: d.getUint16(p + 10, true), packed: d.getUint32(p + 20, true), size: d.getUint32(p + 24, true), at: d.getUint32(p + 42, true) };
			for (let x = p + 46 + nameLen, stop = x + extra; x + 4 <= stop; x += 4 + d.getUint16(x + 2, true)) {
				if (d.getUint16(x, true) !== 1)
					continue;
				let y = x + 4;
				if (f.size === 0xffffffff) {
					f.size = Number(d.getBigUint64(y, true));
					y += 8;
				}
				if (f.packed === 0xffffffff) {
					f.packed = Number(d.getBigUint64(y, true));
					y += 8;
				}
				if (f.at === 0xffffffff)
					f.at = Number(d.getBigUint64(y, true));
			}
			if (files.has(name))
				throw new Error(name + " is in it twice");
			if (!name.endsWith("/"))
				files.set(name, f);
			p += 46 + nameLen + extra + note;
		}
		return files;
	}

	async function read(file, name, f) {
		const head = new DataView(await file.slice(f.at, f.at + 30).arrayBuffer());
		if (head.byteLength < 30 || head.getUint32(0, true) !== 0x04034b50)
			throw new Error("its header is damaged");
		const end = f.at + 30 + head.getUint16(26, true), start = end + head.getUint16(28, true);
		if (text.decode(await file.slice(f.at + 30, end).arrayBuffer()) !== name || head.getUint16(8, true) !== f.method)
			throw new Error("its header and the directory of the ZIP differ");
		if (f.method !== 0 && f.method !== 8)
			throw new Error("it is packed in a way this page cannot read");
		const packed = file.slice(start, start + f.packed);
		const b = await (f.method === 0 ? packed.arrayBuffer() :
			new Response(packed.stream().pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer());
		if (b.byteLength !== f.size)
			throw new Error("its size is not the one that the directory of the ZIP tells");
		return b;
	}

	const lines = (b) => text.decode(b).split("\n").filter((l) => l !== "");
	const path = (l) => l.slice(66).replace(/%0D/gi, "\r").replace(/%0A/gi, "\n").replace(/%25/g, "%");

	// Every entry has its form, its id, its content, its parents and its place.
	const envelope = [/^deed: 1$/, /^kind: [a-z]+$/, /^after: \[("[0-9a-f]{64}"(, "[0-9a-f]{64}")*)?\]$/,
		/^recorded: "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"$/, /^content: "[0-9a-f]{64}"$/];

	function cut(bytes) {
		const starts = [];
		for (let at = 0; at < bytes.length;) {
			const lf = bytes.indexOf(10, at);
			if (lf < 0)
				throw new Error("its last line has no end");
			if (lf - at === 3 && bytes[at] === 45 && bytes[at + 1] === 45 && bytes[at + 2] === 45)
				starts.push(at);
			at = lf + 1;
		}
		if (starts[0] !== 0)
			throw new Error("it does not begin with an entry");
		return starts;
	}

	async function chain(b) {
		const bytes = new Uint8Array(b), starts = cut(bytes), place = new Map(), keys = [];
		let withheld = 0;
		for (let i = 0; i < starts.length; i++) {
			const from = starts[i] + 4, to = i + 1 < starts.length ? starts[i + 1] : bytes.length;
			const no = (why) => new Error("entry " + (i + 1) + " " + why);
			const said = [];
			let at = from, last = -1;
			for (const form of envelope) {
				const lf = at < to ? bytes.indexOf(10, at) : -1;
				said.push(lf < 0 ? "" : text.decode(bytes.subarray(at, lf)));
				if (!form.test(said[said.length - 1]))
					throw no("has no such envelope");
				at = lf + 1;
			}
			const id = await sha256(bytes.slice(from, at));
			if (place.has(id))
				throw no("stands twice");
			if (at === to)
				withheld++;
			else if ((await sha256(bytes.slice(at, to))) !== said[4].slice(10, 74))
				throw no("was changed");
			for (const parent of said[2].match(/[0-9a-f]{64}/g) || []) {
				if (!place.has(parent))
					throw no("follows one that is not there");
				last = Math.max(last, place.get(parent));
			}
			keys.push(said[3] + id);
			while (++last < i)
				if (keys[last] > keys[i])
					throw no("is not in its place");
			place.set(id, i);
		}
		return starts.length + " entries, " + withheld + " of them envelopes";
	}

	// A signature of ssh-keygen, by an Ed25519 key.
	async function signature(armour, root) {
		const raw = Uint8Array.from(atob(text.decode(armour).replace(/-----[^-]*-----|\s/g, "")), (c) => c.charCodeAt(0));
		const view = new DataView(raw.buffer);
		let at = 10;
		function string(b, v, p) {
			const n = v.getUint32(p.at);
			const out = b.slice(p.at + 4, p.at + 4 + n);
			p.at += 4 + n;
			return out;
		}
		const p = { at }, key = string(raw, view, p), space = string(raw, view, p), none = string(raw, view, p), hash = string(raw, view, p), sig = string(raw, view, p);
		const k = { at: 0 }, kv = new DataView(key.buffer), kind = text.decode(string(key, kv, k));
		if (kind !== "ssh-ed25519")
			return [null, kind];
		const pub = string(key, kv, k), s = { at: 0 }, sv = new DataView(sig.buffer);
		string(sig, sv, s);
		const value = string(sig, sv, s);
		const digest = new Uint8Array(await crypto.subtle.digest(text.decode(hash) === "sha256" ? "SHA-256" : "SHA-512", root));
		const parts = [new TextEncoder().encode("SSHSIG")];
		for (const b of [space, none, hash, digest]) {
			const n = new Uint8Array(4);
			new DataView(n.buffer).setUint32(0, b.length);
			parts.push(n, b);
		}
		const signed = new Uint8Array(await new Blob(parts).arrayBuffer());
		const subject = await crypto.subtle.importKey("raw", pub, { name: "Ed25519" }, false, ["verify"]);
		const good = text.decode(space) === "deed" && (await crypto.subtle.verify({ name: "Ed25519" }, subject, value, signed));
		const print = new Uint8Array(await crypto.subtle.digest("SHA-256", key));
		return [good, "SHA256:" + btoa(String.fromCharCode(...print)).replace(/=+$/, "")];
	}

	// What is checked: the digests of all files, and the bytes of some.
	const LARGE = 512 * 1024 * 1024;
	const kept = /^[^/]*$|^data\/(orders\/|deliveries\.sha256sums$|transcripts\/.*\/messages\.)/;

	async function readAll(c) {
		const files = await unzip(c.file);
		const bag = [...files.keys()].find((n) => /^([^/]+\/)?bagit\.txt$/.test(n));
		if (!bag)
			throw new Error("it is no package: there is no bagit.txt");
		const top = bag.slice(0, -9);
		for (const [name, f] of files) {
			const short = name.slice(top.length);
			if (!name.startsWith(top)) {
				c.fail(name, "it lies beside the package");
				continue;
			}
			where.textContent = short;
			c.sums.set(short, "");
			if (short.startsWith("data/")) {
				c.files++;
				c.bytes += f.size;
			}
			if (f.size > LARGE) {
				c.skip(short, "it is too large for this page; run sha256sum");
				continue;
			}
			try {
				const b = await read(c.file, name, f);
				c.sums.set(short, await sha256(b));
				if (kept.test(short))
					c.own[short] = b;
			} catch (e) {
				c.fail(short, e.message);
			}
		}
	}

	// Each line once, each file listed, each file the one that was packed.
	function checkList(c, manifest) {
		if (!c.own[manifest])
			return c.fail(manifest, "it is not there");
		const listed = new Set(), before = c.bad, payload = manifest[0] === "m";
		for (const line of lines(c.own[manifest])) {
			const name = path(line);
			if (!/^[0-9a-f]{64}  ./.test(line) || listed.has(name) || name.startsWith("data/") !== payload)
				c.fail(manifest, "it has a line that it must not have: " + name);
			listed.add(name);
			if (!c.sums.has(name))
				c.fail(name, "it is listed and not there");
			else if (c.sums.get(name) !== "" && c.sums.get(name) !== line.slice(0, 64))
				c.fail(name, "it is not the file that was packed");
		}
		for (const name of c.sums.keys())
			if (name.startsWith("data/") === payload && !listed.has(name) &&
			    name !== "tagmanifest-sha256.txt" && !/^root\.txt\.(sig|tsr)$/.test(name))
				c.fail(name, "it is not listed");
		if (c.bad === before)
			add("pass", manifest, listed.size + " files are the ones that were packed");
	}

	// The declaration, the size of the payload, and root.txt as it would be.
	function checkBag(c) {
		const said = (name) => c.own[name] ? text.decode(c.own[name]) : "";
		const tags = [...c.sums.keys()].filter((n) => !n.startsWith("data/") && !/^root\.txt\.(sig|tsr)$/.test(n)).sort();
		const root = ["bagit.txt", "bag-info.txt", "manifest-sha256.txt"].map((n) => c.sums.get(n) + "  " + n + "\n").join("") +
			"payload " + c.files + " files " + c.bytes + " bytes\ntags " + tags.join(" ") + "\n";
		if (said("bagit.txt") !== "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
			c.fail("bagit.txt", "it is not the declaration of a package");
		if (!said("bag-info.txt").includes("\nPayload-Oxum: " + c.bytes + "." + c.files + "\n"))
			c.fail("bag-info.txt", "the size of the payload is another");
		if (!c.own["root.txt"])
			return c.fail("root.txt", "it is not there");
		if (said("root.txt") === root)
			add("pass", "root.txt", "it names what is here");
		else
			c.fail("root.txt", "it does not name what is here");
		add("note", "fingerprint", c.sums.get("root.txt") + " \u2014 compare it with the one you were sent");
	}

	// The digests that entries name, each with the orders they stand in.
	async function readChains(c, orders) {
		const named = new Map();
		for (const [id, name] of orders)
			try {
				add("pass", name, await chain(c.own[name]));
				for (const digest of text.decode(c.own[name]).match(/[0-9a-f]{64}/g) || [])
					named.set(digest, (named.get(digest) || []).concat(id));
			} catch (e) {
				c.fail(name, e.message);
			}
		return named;
	}

	// Of a chat in parts, each message is one of the list that an entry names.
	async function checkMessages(c, name) {
		const list = c.own[name.replace(/jsonl$/, "sha256")], sums = list ? lines(list) : [];
		let at = -1;
		for (const line of lines(c.own[name])) {
			at = sums.indexOf(await sha256(new TextEncoder().encode(line)), at + 1);
			if (at < 0)
				return c.fail(name, "it has a message that is not the one the entry names");
		}
	}

	async function checkEntries(c) {
		const orders = new Map(Object.keys(c.own).filter((n) => n.startsWith("data/orders/")).map((n) => [n.slice(12, -5), n]));
		const named = await readChains(c, orders);
		if (orders.size === 0)
			c.fail("data/orders", "there is no record of an order");
		if (c.bad > 0)
			return;
		let n = 0;
		for (const [name, sum] of c.sums) {
			if (!/^data\/(deliveries|exhibits|transcripts|mail)[./]/.test(name) || sum === "")
				continue;
			n++;
			const of = [...orders.keys()].filter((id) => name.startsWith("data/deliveries/" + id + "-delivery-"));
			if (name.endsWith("/transcript.txt") && c.sums.has(name.replace(/transcript\.txt$/, "messages.jsonl")))
				continue;
			if (name.endsWith("/messages.jsonl"))
				await checkMessages(c, name);
			else if (name === "data/deliveries.sha256sums") {
				if (!lines(c.own[name]).every((l) => named.has(l.slice(0, 64))))
					c.fail(name, "it has a digest that no entry names");
			} else if (!named.has(sum))
				c.fail(name, "no entry names this file");
			else if (of.length > 0 && !of.some((id) => named.get(sum).includes(id)))
				c.fail(name, "no entry of " + of.join(", ") + " names this file");
		}
		if (c.bad === 0)
			add("pass", "files", n + " of them are named by entries");
	}

	async function checkSignature(c) {
		const name = "root.txt.sig";
		if (!c.own[name]) {
			if (c.sums.has("data/proofs/allowed_signers"))
				c.fail(name, "the package was signed, and this is missing");
			return;
		}
		try {
			const [good, what] = await signature(c.own[name], c.own["root.txt"]);
			if (good === null)
				c.skip(name, "this page knows no " + what + "; run ssh-keygen -Y verify");
			else if (good)
				add("pass", name, "signed by " + what + "; whose key that is you must know by another way");
			else
				c.fail(name, "the signature does not hold");
		} catch (e) {
			c.fail(name, e.message);
		}
	}

	async function check(file) {
		const c = { file, sums: new Map(), own: {}, bytes: 0, files: 0, bad: 0, skipped: 0 };
		c.fail = (name, why) => { c.bad++; add("fail", name, why); };
		c.skip = (name, why) => { c.skipped++; add("skipped", name, why); };
		await readAll(c);
		checkList(c, "manifest-sha256.txt");
		checkList(c, "tagmanifest-sha256.txt");
		checkBag(c);
		await checkEntries(c);
		await checkSignature(c);
		said.textContent = c.bad > 0 ? c.bad + (c.bad === 1 ? " fault was found." : " faults were found.") :
			"No fault was found in what this page can check." +
			(c.skipped > 0 ? " It could not check " + c.skipped + (c.skipped === 1 ? " file." : " files.") : "");
	}

	async function take(file) {
		list.replaceChildren();
		said.textContent = "Reading";
		try {
			await check(file);
		} catch (e) {
			add("fail", file.name, e.message);
			said.textContent = "This could not be read as a package.";
		}
		where.textContent = "";
		box.dataset.done = file.name;
	}

	input.addEventListener("change", () => input.files[0] && take(input.files[0]));
	addEventListener("dragover", (e) => e.preventDefault());
	addEventListener("drop", function (e) {
		e.preventDefault();
		if (e.dataTransfer.files[0])
			take(e.dataTransfer.files[0]);
	});
})();
