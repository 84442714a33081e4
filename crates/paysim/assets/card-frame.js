// The card field. It talks to the page that embeds it by messages, and to its own origin's API.
// Only results leave it: whether the card is complete, its brand, and the payment method.
(function () {
  "use strict";

  const settings = new URLSearchParams(location.hash.slice(1));
  const parentOrigin = settings.get("parent") ?? "";
  const channel = settings.get("channel") ?? "";
  const form = document.getElementById("card");
  const inputs = Object.fromEntries(["number", "expiry", "cvc"].map((id) => [id, document.getElementById(id)]));
  const touched = new Set();

  const BRANDS = [
    { name: "amex", prefix: /^3[47]/, lengths: [15], groups: [4, 6, 5], cvc: 4 },
    { name: "diners", prefix: /^3(0[0-5]|[689])/, lengths: [14, 16], groups: [4, 4, 4, 4], cvc: 3 },
    { name: "jcb", prefix: /^35/, lengths: [16], groups: [4, 4, 4, 4], cvc: 3 },
    { name: "discover", prefix: /^6(011|4[4-9]|5)/, lengths: [16], groups: [4, 4, 4, 4], cvc: 3 },
    { name: "unionpay", prefix: /^62/, lengths: [16, 17, 18, 19], groups: [4, 4, 4, 4, 3], cvc: 3 },
    { name: "mastercard", prefix: /^(5[1-5]|2(22[1-9]|2[3-9]|[3-6]|7[01]|720))/, lengths: [16], groups: [4, 4, 4, 4], cvc: 3 },
    { name: "visa", prefix: /^4/, lengths: [16], groups: [4, 4, 4, 4], cvc: 3 },
  ];
  const UNKNOWN = { name: "unknown", lengths: [16], groups: [4, 4, 4, 4], cvc: 3 };

  const digitsOf = (text) => text.replace(/\D/g, "");
  const brandOf = (digits) => BRANDS.find((brand) => brand.prefix.test(digits)) ?? UNKNOWN;

  function passesLuhn(digits) {
    let sum = 0;
    [...digits].reverse().forEach((letter, place) => {
      const doubled = place % 2 === 1 ? Number(letter) * 2 : Number(letter);
      sum += doubled > 9 ? doubled - 9 : doubled;
    });
    return sum % 10 === 0;
  }

  function groupNumber(digits) {
    const parts = [];
    let start = 0;
    for (const length of brandOf(digits).groups) {
      if (start < digits.length) parts.push(digits.slice(start, start + length));
      start += length;
    }
    return parts.join(" ");
  }

  // Keeps the caret behind the same digit when spaces come and go.
  function rewrite(input, text) {
    if (input.value === text) return;
    const caret = input.selectionStart ?? input.value.length;
    const atEnd = caret === input.value.length;
    const before = digitsOf(input.value.slice(0, caret)).length;
    input.value = text;
    if (document.activeElement !== input) return;
    let place = 0;
    for (let seen = 0; seen < before && place < text.length; place += 1) {
      if (/\d/.test(text[place])) seen += 1;
    }
    // At the end it also steps over what was added.
    if (atEnd) place = text.length;
    input.setSelectionRange(place, place);
  }

  function formatNumber() {
    const digits = digitsOf(inputs.number.value);
    rewrite(inputs.number, groupNumber(digits.slice(0, Math.max(...brandOf(digits).lengths))));
  }

  function formatExpiry(event) {
    let digits = digitsOf(inputs.expiry.value);
    const deleting = event?.inputType?.startsWith("delete") ?? false;
    if (!deleting && /^[2-9]/.test(digits)) digits = "0" + digits;
    if (!deleting && /^\d\s*\//.test(inputs.expiry.value)) digits = "0" + digitsOf(inputs.expiry.value);
    // Browsers fill in MM / YYYY.
    if (digits.length >= 6) digits = digits.slice(0, 2) + digits.slice(4, 6);
    digits = digits.slice(0, 4);
    const separated = digits.length > 2 || (digits.length === 2 && !deleting);
    rewrite(inputs.expiry, separated ? digits.slice(0, 2) + " / " + digits.slice(2) : digits);
  }

  function formatCvc() {
    const length = brandOf(digitsOf(inputs.number.value)).cvc;
    rewrite(inputs.cvc, digitsOf(inputs.cvc.value).slice(0, length));
  }

  const invalid = (code, message) => ({ type: "validation_error", code, message });

  const checks = {
    number() {
      const digits = digitsOf(inputs.number.value);
      if (!brandOf(digits).lengths.includes(digits.length)) {
        return invalid("incomplete_number", "Your card number is incomplete.");
      }
      return passesLuhn(digits) ? null : invalid("invalid_number", "Your card number is invalid.");
    },
    expiry() {
      const digits = digitsOf(inputs.expiry.value);
      if (digits.length < 4) return invalid("incomplete_expiry", "Your card's expiration date is incomplete.");
      const { month, year } = expiry();
      const now = new Date();
      if (month < 1 || month > 12) {
        return invalid("invalid_expiry_month", "Your card's expiration date is invalid.");
      }
      if (year < now.getUTCFullYear()) {
        return invalid("invalid_expiry_year_past", "Your card's expiration year is in the past.");
      }
      if (year === now.getUTCFullYear() && month < now.getUTCMonth() + 1) {
        return invalid("invalid_expiry_month_past", "Your card's expiration date is in the past.");
      }
      return null;
    },
    cvc() {
      const length = brandOf(digitsOf(inputs.number.value)).cvc;
      const complete = digitsOf(inputs.cvc.value).length === length;
      return complete ? null : invalid("incomplete_cvc", "Your card's security code is incomplete.");
    },
  };

  function expiry() {
    const digits = digitsOf(inputs.expiry.value);
    return { month: Number(digits.slice(0, 2)), year: 2000 + Number(digits.slice(2)) };
  }

  function send(type, detail) {
    window.parent.postMessage({ channel, type, detail }, parentOrigin);
  }

  // Shows an error for what the customer has finished typing, and everything wrong when `all`.
  function review(all) {
    let first = null;
    for (const [id, input] of Object.entries(inputs)) {
      const error = checks[id]();
      const shown = error !== null && (all || touched.has(id));
      input.setAttribute("aria-invalid", String(shown));
      document.getElementById(id + "-error").textContent = shown ? error.message : "";
      if (shown) first ??= { error, input };
    }
    return first;
  }

  function reportChange() {
    const shown = review(false);
    send("change", {
      brand: brandOf(digitsOf(inputs.number.value)).name,
      complete: Object.values(checks).every((check) => check() === null),
      empty: Object.values(inputs).every((input) => input.value === ""),
      error: shown?.error,
    });
  }

  // { address: { city: "Ghent" } } as billing_details[address][city]=Ghent.
  function append(body, name, value) {
    if (value !== null && typeof value === "object") {
      for (const [child, inner] of Object.entries(value)) append(body, name + "[" + child + "]", inner);
    } else if (value !== null && value !== undefined && value !== "") {
      body.append(name, String(value));
    }
  }

  async function createPaymentMethod({ billing_details, metadata }) {
    const wrong = review(true);
    if (wrong) {
      wrong.input.focus();
      return { error: wrong.error };
    }
    const { month, year } = expiry();
    const body = new URLSearchParams();
    append(body, "type", "card");
    append(body, "card", {
      number: digitsOf(inputs.number.value),
      exp_month: month,
      exp_year: year,
      cvc: digitsOf(inputs.cvc.value),
    });
    append(body, "billing_details", billing_details);
    append(body, "metadata", metadata);
    try {
      const response = await fetch("/v1/payment_methods", {
        method: "POST",
        headers: { Authorization: "Bearer " + settings.get("key") },
        body,
      });
      const answer = await response.json();
      return response.ok ? { paymentMethod: answer } : { error: answer.error };
    } catch {
      return { error: { type: "api_connection_error", message: "The payment service cannot be reached." } };
    }
  }

  function applySettings({ theme, disabled }) {
    const dark = theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    document.documentElement.dataset.wanted = theme;
    for (const input of Object.values(inputs)) input.disabled = disabled === true;
  }

  const commands = {
    update: applySettings,
    focus: () => inputs.number.focus(),
    blur: () => document.activeElement?.blur(),
    clear() {
      touched.clear();
      form.reset();
      reportChange();
    },
    async create_payment_method(message) {
      send("result", { id: message.id, result: await createPaymentMethod(message) });
    },
  };

  // Without an embedding page that says who it is there is nobody to talk to.
  if (window.parent === window || !/^https?:\/\//.test(parentOrigin)) {
    for (const input of Object.values(inputs)) input.disabled = true;
    return;
  }

  applySettings({ theme: settings.get("theme") ?? "auto", disabled: settings.get("disabled") === "true" });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    const disabled = inputs.number.disabled;
    applySettings({ theme: document.documentElement.dataset.wanted, disabled });
  });

  for (const [id, format] of [["number", formatNumber], ["expiry", formatExpiry], ["cvc", formatCvc]]) {
    const input = inputs[id];
    input.addEventListener("input", (event) => {
      format(event);
      // A finished field may be wrong at once; an unfinished one only when it is left.
      const error = checks[id]();
      if (error && !error.code.startsWith("incomplete")) touched.add(id);
      reportChange();
    });
    input.addEventListener("focus", () => send("focus", {}));
    input.addEventListener("blur", () => {
      if (input.value !== "") touched.add(id);
      reportChange();
      send("blur", {});
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") send("escape", {});
    });
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("message", (event) => {
    const known =
      event.source === window.parent && event.origin === parentOrigin && event.data?.channel === channel;
    if (known && Object.hasOwn(commands, event.data.type)) commands[event.data.type](event.data);
  });
  new ResizeObserver(() => send("resize", { height: form.offsetHeight })).observe(form);
  send("ready", {});
})();
