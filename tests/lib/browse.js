// Open a page in headless Chromium and tell what it did, as one JSON object:
//	node browse.js PAGE [--drop ZIP] [--shot PNG --width N] [--pdf PDF] [--eval JS]
//	    [--media print|screen] [--dark] [--no-script] [--zone ZONE]
// requests (but for the page's own file, and what stands in it), said (console and log), load
// (milliseconds), checks and verdict of a dropped ZIP, value of the script.
"use strict";
const { spawn } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");

const page = "file://" + path.resolve(process.argv[2]).split("/").map(encodeURIComponent).join("/");
const option = (name) => {
	const at = process.argv.indexOf(name);
	return at < 0 ? null : process.argv[at + 1];
};
const home = fs.mkdtempSync(path.join(os.tmpdir(), "browse-"));
const chromium = spawn("chromium", ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
	"--disable-dev-shm-usage", "--remote-debugging-pipe", "--user-data-dir=" + home],
	{ stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"], env: { ...process.env, HOME: home } });
const waiting = new Map(), heard = [];
let next = 1, held = "";
const result = { requests: [], said: [], load: 0 };

chromium.stdio[4].on("data", (chunk) => {
	const parts = (held + chunk).split("\0");
	held = parts.pop();
	for (const part of parts) {
		const m = JSON.parse(part);
		if (m.id && waiting.has(m.id)) {
			waiting.get(m.id)(m);
			waiting.delete(m.id);
		} else if (m.method)
			heard.forEach((f) => f(m));
	}
});
const send = (method, params = {}, sessionId) => new Promise((done, fail) => {
	const id = next++;
	waiting.set(id, (m) => m.error ? fail(new Error(method + ": " + m.error.message)) : done(m.result));
	chromium.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
});
const event = (method) => new Promise((done) => heard.push((m) => m.method === method && done(m.params)));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

(async () => {
	heard.push((m) => {
		if (m.method === "Network.requestWillBeSent" && m.params.request.url.split("#")[0] !== page && !m.params.request.url.startsWith("data:"))
			result.requests.push(m.params.request.url);
		if (m.method === "Runtime.consoleAPICalled" || m.method === "Runtime.exceptionThrown" || m.method === "Log.entryAdded")
			result.said.push(JSON.stringify(m.params).slice(0, 300));
		if (m.method === "Page.javascriptDialogOpening")
			result.said.push("dialog: " + m.params.message);
	});
	const { targetId } = await send("Target.createTarget", { url: "about:blank" });
	const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
	const tab = (method, params) => send(method, params, sessionId);
	const value = async (expression) => (await tab("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true })).result.value;
	for (const domain of ["Network", "Runtime", "Log", "Page", "DOM"])
		await tab(domain + ".enable");
	const width = Number(option("--width") || 1100);
	await tab("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: width < 600 });
	if (option("--zone"))
		await tab("Emulation.setTimezoneOverride", { timezoneId: option("--zone") });
	await tab("Emulation.setEmulatedMedia", { media: option("--media") || "",
		features: [{ name: "prefers-color-scheme", value: process.argv.includes("--dark") ? "dark" : "light" }] });
	if (process.argv.includes("--no-script"))
		await tab("Emulation.setScriptExecutionDisabled", { value: true });
	const loaded = event("Page.loadEventFired");
	await tab("Page.navigate", { url: page });
	await loaded;
	result.load = Math.round(await value("performance.getEntriesByType('navigation')[0].loadEventStart"));
	if (option("--drop")) {
		const { root } = await tab("DOM.getDocument");
		const { nodeId } = await tab("DOM.querySelector", { nodeId: root.nodeId, selector: "#drop-file" });
		await tab("DOM.setFileInputFiles", { nodeId, files: [path.resolve(option("--drop"))] });
		for (let i = 0; i < 200 && !(await value("document.getElementById('drop').dataset.done || ''")); i++)
			await sleep(50);
		result.checks = await value("[...document.querySelectorAll('#drop-list li')].map((li) => li.textContent)");
		result.verdict = await value("document.getElementById('drop-said').textContent");
	}
	if (option("--eval"))
		result.value = await value(option("--eval"));
	if (option("--shot")) {
		const { cssContentSize } = await tab("Page.getLayoutMetrics");
		const shot = await tab("Page.captureScreenshot", { captureBeyondViewport: true,
			clip: { x: 0, y: Number(option("--from") || 0), width, height: Math.min(cssContentSize.height, Number(option("--height") || 2400)), scale: 1 } });
		fs.writeFileSync(option("--shot"), Buffer.from(shot.data, "base64"));
	}
	if (option("--pdf"))
		fs.writeFileSync(option("--pdf"), Buffer.from((await tab("Page.printToPDF", { preferCSSPageSize: true })).data, "base64"));
	await sleep(100);
	console.log(JSON.stringify(result));
	await send("Browser.close").catch(() => {});
})().catch((e) => {
	console.error(e.message);
	process.exitCode = 1;
}).finally(() => {
	chromium.once("exit", () => {
		try {
			fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 });
		} catch {
			// a child of it still writes there; the folder is a temporary one
		}
	});
	chromium.kill();
});
