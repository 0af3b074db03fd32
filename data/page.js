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
			const f = { method: d.getUint16(p + 10, true), packed: d.getUint32(p + 20, true), at: d.getUint32(p + 42, true) };
			for (let x = p + 46 + nameLen, stop = x + extra; x + 4 <= stop; x += 4 + d.getUint16(x + 2, true)) {
				if (d.getUint16(x, true) !== 1)
					continue;
				let y = x + 4;
				if (d.getUint32(p + 24, true) === 0xffffffff)
					y += 8;
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

	async function read(file, f) {
		const head = new DataView(await file.slice(f.at, f.at + 30).arrayBuffer());
		if (head.byteLength < 30 || head.getUint32(0, true) !== 0x04034b50)
			throw new Error("its header is damaged");
		const start = f.at + 30 + head.getUint16(26, true) + head.getUint16(28, true);
		const packed = file.slice(start, start + f.packed);
		if (f.method === 0)
			return packed.arrayBuffer();
		if (f.method !== 8)
			throw new Error("it is packed in a way this page cannot read");
		return new Response(packed.stream().pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer();
	}

	const lines = (b) => text.decode(b).split("\n").filter((l) => l !== "");
	const path = (l) => l.slice(66).replace(/%0D/gi, "\r").replace(/%0A/gi, "\n").replace(/%25/g, "%");

	// Every entry has its id, its content and its parents.
	async function chain(b) {
		const bytes = new Uint8Array(b), starts = [], ids = new Set();
		for (let at = 0; at < bytes.length;) {
			let lf = bytes.indexOf(10, at);
			if (lf < 0)
				throw new Error("its last line has no end");
			if (lf - at === 3 && bytes[at] === 45 && bytes[at + 1] === 45 && bytes[at + 2] === 45)
				starts.push(at);
			at = lf + 1;
		}
		let withheld = 0;
		for (let i = 0; i < starts.length; i++) {
			const from = starts[i] + 4, to = i + 1 < starts.length ? starts[i + 1] : bytes.length;
			let at = from, content = "", after = "";
			while (at < to && content === "") {
				const lf = bytes.indexOf(10, at), line = text.decode(bytes.subarray(at, lf));
				if (line.startsWith("content: "))
					content = line.slice(10, 74);
				if (line.startsWith("after: "))
					after = line;
				at = lf + 1;
			}
			const id = await sha256(bytes.slice(from, at));
			if (at === to)
				withheld++;
			else if ((await sha256(bytes.slice(at, to))) !== content)
				throw new Error("entry " + (i + 1) + " was changed");
			for (const parent of after.match(/[0-9a-f]{64}/g) || [])
				if (!ids.has(parent))
					throw new Error("entry " + (i + 1) + " follows one that is not there");
			ids.add(id);
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

	async function check(file) {
		let bad = 0;
		const fail = (name, why) => { bad++; add("fail", name, why); };
		const files = await unzip(file), tops = new Set();
		for (const name of files.keys())
			tops.add(name.split("/")[0]);
		const bag = [...files.keys()].find((n) => /^([^/]+\/)?bagit\.txt$/.test(n));
		if (!bag)
			throw new Error("it is no package: there is no bagit.txt");
		const top = bag.slice(0, -9), own = {}, sums = new Map();
		for (const [name, f] of files) {
			if (!name.startsWith(top)) {
				fail(name, "it lies beside the package");
				continue;
			}
			const short = name.slice(top.length);
			said.textContent = "Reading " + short;
			try {
				const b = await read(file, f);
				sums.set(short, await sha256(b));
				if (!short.startsWith("data/") || short.startsWith("data/orders/"))
					own[short] = b;
			} catch (e) {
				fail(short, e.message);
			}
		}
		for (const manifest of ["manifest-sha256.txt", "tagmanifest-sha256.txt"]) {
			if (!own[manifest]) {
				fail(manifest, "it is not there");
				continue;
			}
			const listed = new Set(), before = bad;
			for (const line of lines(own[manifest])) {
				const name = path(line);
				listed.add(name);
				if (!sums.has(name))
					fail(name, "it is listed and not there");
				else if (sums.get(name) !== line.slice(0, 64))
					fail(name, "it is not the file that was packed");
			}
			for (const name of sums.keys())
				if (name.startsWith("data/") === (manifest[0] === "m") && !listed.has(name) &&
				    name !== "tagmanifest-sha256.txt" && !/^root\.txt\.(sig|tsr)$/.test(name))
					fail(name, "it is not listed");
			if (bad === before)
				add("pass", manifest, listed.size + " files are the ones that were packed");
		}
		if (own["root.txt"]) {
			const said3 = ["bagit.txt", "bag-info.txt", "manifest-sha256.txt"].map((n) => sums.get(n) + "  " + n);
			const first = lines(own["root.txt"]).slice(0, 3);
			if (first.join() === said3.join())
				add("pass", "root.txt", "it names what is here");
			else
				fail("root.txt", "it does not name what is here");
			add("note", "fingerprint", sums.get("root.txt") + " \u2014 compare it with the one you were sent");
		} else
			fail("root.txt", "it is not there");
		for (const name of Object.keys(own).filter((n) => n.startsWith("data/orders/")))
			try {
				add("pass", name, await chain(own[name]));
			} catch (e) {
				fail(name, e.message);
			}
		if (own["root.txt.sig"])
			try {
				const [good, what] = await signature(own["root.txt.sig"], own["root.txt"]);
				if (good === null)
					add("skipped", "root.txt.sig", "this page knows no " + what + "; run ssh-keygen -Y verify");
				else if (good)
					add("pass", "root.txt.sig", "signed by " + what + "; whose key that is you must know by another way");
				else
					fail("root.txt.sig", "the signature does not hold");
			} catch (e) {
				fail("root.txt.sig", e.message);
			}
		said.textContent = bad === 0 ?
			"No fault was found in what this page can check." :
			bad + (bad === 1 ? " fault was found." : " faults were found.");
	}

	async function take(file) {
		list.replaceChildren();
		try {
			await check(file);
		} catch (e) {
			add("fail", file.name, e.message);
			said.textContent = "This could not be read as a package.";
		}
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
