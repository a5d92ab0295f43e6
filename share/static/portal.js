/* What makes the pages easier where JavaScript runs. Each of them works without it. Nothing typed
 * leaves the page here; text is set as text, never as markup. */
"use strict";

const all = (selector) => document.querySelectorAll(selector);
const one = (selector) => document.querySelector(selector);

document.documentElement.classList.add("js");

/* A refusal takes focus, so that a screen reader begins there. */
one("#problem")?.focus();

for (const button of all("[data-show]")) {
	const field = document.getElementById(button.dataset.show);
	const words = [button.textContent, button.dataset.hideWords];
	/* Seen beside its field it needs one word; heard, it says what it shows. */
	const said = [button.getAttribute("aria-label"), button.dataset.hideSaid];
	const show = (shown) => {
		field.type = shown ? "text" : "password";
		button.textContent = words[shown ? 1 : 0];
		button.setAttribute("aria-label", said[shown ? 1 : 0]);
	};
	button.hidden = false;
	button.addEventListener("click", () => show(field.type === "password"));
	/* Shown passwords are not to be remembered as form entries. */
	field.form.addEventListener("submit", () => show(false));
}

for (const button of all("[data-print]")) {
	button.hidden = false;
	button.addEventListener("click", () => window.print());
}

/* Without this the field can be selected and copied by hand. */
for (const button of all("[data-copy]")) {
	const field = document.getElementById(button.dataset.copy);
	button.addEventListener("click", async () => {
		field.select();
		await navigator.clipboard?.writeText(field.value).then(() => {
			one(`[data-copy-said="${button.dataset.copy}"]`).textContent = button.dataset.copied;
		}).catch(() => {});
	});
}

/* The rules of a new password, ticked as it is typed; the server judges again. */
const rules = {
	length: (typed, { least }) => [...typed.normalize("NFC")].length >= Number(least),
	ascii: (typed) => typed !== "" && /^[ -~]*$/.test(typed),
	name: (typed, { name }) => typed !== "" && typed.toLowerCase() !== name.toLowerCase(),
};
for (const field of all("[data-rules]")) {
	const rows = document.getElementById(field.dataset.rules).querySelectorAll("[data-rule]");
	const said = document.getElementById("rules-said");
	const judge = () => {
		let met = 0;
		for (const row of rows) {
			const good = rules[row.dataset.rule](field.value, row.dataset);
			row.classList.toggle("met", good);
			met += good;
		}
		said.textContent = met === rows.length ? said.dataset.met : "";
	};
	field.addEventListener("input", judge);
	judge();
}

/* One press is one request: a second press of a slow answer would spend a try. */
for (const form of all("form[data-once]")) {
	form.addEventListener("submit", (event) => {
		if (form.dataset.sent) {
			event.preventDefault();
			return;
		}
		form.dataset.sent = "yes";
		form.querySelector(".main").setAttribute("aria-disabled", "true");
		const status = form.appendChild(document.createElement("p"));
		status.className = "hint working";
		status.setAttribute("role", "status");
		setTimeout(() => {
			status.textContent = document.body.dataset.working;
		}, 1000);
	});
}
/* A page taken back from memory is as it was before the press. */
window.addEventListener("pageshow", () => {
	for (const form of all("form[data-sent]")) {
		delete form.dataset.sent;
		form.querySelector(".main").removeAttribute("aria-disabled");
		form.querySelector(".working").remove();
	}
});

/* A whole code that was pasted is what the person wants to send. Full width counts as digits. */
for (const field of all("[data-digits]")) {
	field.addEventListener("paste", () => setTimeout(() => {
		const digits = field.value.normalize("NFKC").replace(/[\s-]/g, "");
		if (/^\d+$/.test(digits) && digits.length === Number(field.dataset.digits))
			field.form.requestSubmit();
	}));
}

/* On to an application. While the page loads, so that "back" from there does not end here. */
one("form[data-go]")?.submit();

/* "Nothing arrived?" comes for everyone, registered or not, after the same time. */
for (const block of all(".late")) {
	block.hidden = true;
	setTimeout(() => {
		block.hidden = false;
		block.open = true;
	}, Number(block.dataset.after) * 1000);
}

const countdown = (block) => {
	const shown = block.querySelector(".time-words");
	const said = block.querySelector("[aria-live]");
	const over = performance.now() + Number(block.dataset.left) * 1000;
	const words = (left) => {
		if (left <= 0)
			return block.dataset.over;
		if (left <= 60)
			return block.dataset.seconds.replace("{n}", left);
		const minutes = Math.ceil(left / 60);
		return minutes === 1 ? block.dataset.minute : block.dataset.minutes.replace("{n}", minutes);
	};
	const tick = () => {
		const left = Math.ceil((over - performance.now()) / 1000);
		shown.textContent = words(left);
		block.classList.toggle("short", left <= 60);
		if (left === 120 || left === 60 || left <= 0)
			said.textContent = words(left);
		if (left > 0)
			setTimeout(tick, 1000);
	};
	tick();
};
all(".time[data-left]").forEach(countdown);

/* Links of mails carry their secret behind "#", which no server or log sees. */
const fragment = decodeURIComponent(location.hash.slice(1));
for (const field of all("[data-fragment]")) {
	/* A whole link pasted into the field means what stands behind its "#". */
	field.addEventListener("change", () => {
		field.value = field.value.slice(field.value.indexOf("#") + 1).trim();
	});
	if (/^[\w-]{6,200}$/.test(fragment)) {
		field.value = fragment;
		field.closest("[data-fragment-hides]").hidden = true;
	}
}
for (const place of all("[data-fragment-shown]")) {
	if (/^\d{4,12}$/.test(fragment)) {
		place.textContent = fragment;
		place.hidden = false;
	}
}
if (fragment && (one("[data-fragment]") || one("[data-fragment-shown]")))
	history.replaceState(null, "", location.pathname + location.search);

/* The proof of work: the n for which SHA-256(salt n) is the challenge (as ALTCHA does). A few
 * hundred at a time, so that the page stays alive. */
const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const solve = async (task) => {
	const [salt, most, challenge] = task.split("|");
	const bar = one("progress.work");
	const encoder = new TextEncoder();
	for (let from = 0; from <= Number(most); from += 500) {
		const numbers = Array.from({ length: 500 }, (_, i) => from + i);
		const found = await Promise.all(numbers.map(async (n) =>
			hex(await crypto.subtle.digest("SHA-256", encoder.encode(salt + n))) === challenge));
		if (found.includes(true))
			return from + found.indexOf(true);
		bar.value = from * 100 / Number(most);
		await new Promise((go) => setTimeout(go));
	}
	return undefined;
};
const work = one("[data-work]");
if (work) {
	const form = document.getElementById("work");
	const wait = () => document.documentElement.classList.remove("js");
	solve(work.dataset.work).then((n) => {
		if (n === undefined)
			return wait();
		form.elements.work.value = `${work.dataset.work}|${n}`;
		form.submit();
	}).catch(wait); /* no crypto.subtle on plain http: the wait works everywhere */
}

/* Passkeys (WebAuthn). The options come from the server, and what the browser makes of them goes back
 * in a form like anything that is typed. */
const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""))
	.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = (keys) => (keys ?? []).map((key) => ({ ...key, id: toBytes(key.id) }));
const understood = (options, form) => {
	const whole = { ...options, challenge: toBytes(options.challenge) };
	if (form.dataset.passkey !== "create")
		return { ...whole, allowCredentials: listed(options.allowCredentials) };
	return { ...whole, excludeCredentials: listed(options.excludeCredentials),
		rp: { ...options.rp, name: form.dataset.organisation },
		user: { id: toBytes(options.user.id), name: form.dataset.account, displayName: form.dataset.account } };
};
const put = (form, name, bytes) => {
	form.elements[name].value = bytes ? toText(bytes) : "";
};
const hand = (form, challenge, made) => {
	put(form, "challenge", toBytes(challenge));
	put(form, "key_id", made.rawId);
	put(form, "client_data", made.response.clientDataJSON);
	if (form.dataset.passkey === "create") {
		put(form, "attestation", made.response.attestationObject);
		form.elements.transports.value = (made.response.getTransports?.() ?? []).join(" ").slice(0, 80);
	} else {
		put(form, "authenticator_data", made.response.authenticatorData);
		put(form, "signature", made.response.signature);
		put(form, "user_handle", made.response.userHandle);
	}
	form.requestSubmit();
};
const sayPasskey = (form, words) => {
	const place = form.querySelector("[data-passkey-said]");
	place.textContent = words ?? "";
	place.hidden = !words;
};
const ceremony = async (form, options, more) => {
	const publicKey = understood(options, form);
	const made = form.dataset.passkey === "create" ? await navigator.credentials.create({ publicKey }) :
		await navigator.credentials.get({ publicKey, ...more });
	hand(form, options.challenge, made);
};
for (const form of all("form[data-passkey]:not([data-passkey=alone])")) {
	const button = form.querySelector(".main");
	let asking = false;
	if (!window.PublicKeyCredential)
		sayPasskey(form, form.querySelector("[data-passkey-said]").dataset.missing);
	button.hidden = !window.PublicKeyCredential;
	button.addEventListener("click", async (event) => {
		event.preventDefault();
		if (asking || form.dataset.sent)
			return;
		asking = true;
		sayPasskey(form, "");
		await ceremony(form, JSON.parse(form.dataset.options)).catch((why) => {
			const said = form.querySelector("[data-passkey-said]").dataset;
			sayPasskey(form, why.name === "InvalidStateError" && said.known || said.failed);
		});
		asking = false;
	});
}
/* Signing in with a passkey alone: offered by the name's field where the browser does that, and by a
 * button. What is asked for is good for ten minutes, so it is asked for anew meanwhile. */
const alone = one("form[data-passkey=alone]");
if (alone && window.PublicKeyCredential) {
	let offer;
	const ask = async () => {
		const answer = await fetch(alone.dataset.optionsAt, { cache: "no-store" });
		return answer.ok ? answer.json() : undefined;
	};
	const offerByField = async () => {
		if (!await PublicKeyCredential.isConditionalMediationAvailable?.())
			return;
		const options = await ask();
		if (!options || offer)
			return;
		offer = new AbortController();
		const { signal } = offer;
		const anew = setTimeout(() => {
			offer?.abort();
			offer = undefined;
			offerByField();
		}, 8 * 60 * 1000);
		ceremony(alone, options, { mediation: "conditional", signal }).catch(() => clearTimeout(anew));
	};
	ask().then((options) => {
		alone.hidden = !options;
		return options && offerByField();
	}).catch(() => {});
	alone.querySelector(".main").addEventListener("click", async (event) => {
		event.preventDefault();
		if (alone.dataset.sent)
			return;
		offer?.abort();
		sayPasskey(alone, "");
		await ask().then((options) => ceremony(alone, options)).catch(() => {
			sayPasskey(alone, alone.querySelector("[data-passkey-said]").dataset.failed);
			offer = undefined;
			return offerByField().catch(() => {});
		});
	});
}
/* On a machine that many people use: a minute without a touch, and the page is empty, then over. */
const finish = one("[data-idle]");
if (finish) {
	const away = () => {
		document.body.replaceChildren();
		location.replace(finish.href);
	};
	let timer;
	const touched = () => {
		clearTimeout(timer);
		timer = setTimeout(away, Number(finish.dataset.idle) * 1000);
	};
	for (const sign of ["keydown", "pointerdown", "pointermove", "scroll", "input"])
		addEventListener(sign, touched, { passive: true });
	touched();
	/* What lies behind or ahead in the history was somebody's. */
	addEventListener("pagehide", () => document.body.replaceChildren());
	addEventListener("pageshow", (event) => event.persisted && location.reload());
}
