// Stand-in for Stripe.js: the calls a shop needs to turn a card into a payment method and to let
// the customer answer the bank. The card is typed into a frame of this script's origin, so the
// shop's page never sees its number.
(function () {
  "use strict";

  const ORIGIN = new URL(document.currentScript.src).origin;
  const ANSWER_TIMEOUT_MS = 30000;
  const LOAD_TIMEOUT_MS = 15000;
  const EVENTS = ["ready", "change", "focus", "blur", "escape", "loaderror"];

  function integrationError(message) {
    const error = new Error(message);
    error.name = "IntegrationError";
    return error;
  }

  function connectionError(message) {
    return { error: { type: "api_connection_error", message } };
  }

  function randomId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // "light", "dark" or "auto" (the visitor's preference).
  function themeOf(options, fallback) {
    const theme = options?.theme ?? { night: "dark", stripe: "light", flat: "light" }[options?.appearance?.theme];
    return ["light", "dark", "auto"].includes(theme) ? theme : fallback;
  }

  class CardElement {
    #key;
    #theme;
    #disabled = false;
    #frame = null;
    #channel = null;
    #loaded = false;
    #loadTimer = 0;
    #destroyed = false;
    #handlers = new Map(EVENTS.map((name) => [name, new Set()]));
    #pending = new Map();
    #onMessage = (event) => this.#receive(event);

    constructor(key, options, theme) {
      this.#key = key;
      this.#theme = themeOf(options, theme);
      this.#disabled = options?.disabled === true;
    }

    mount(target) {
      if (this.#destroyed) {
        throw integrationError("This Element has already been destroyed. Please create a new one.");
      }
      const place = typeof target === "string" ? document.querySelector(target) : target;
      if (!(place instanceof Element)) {
        throw integrationError("The selector or element you specified applies to no DOM element.");
      }
      this.unmount();
      this.#channel = randomId();
      const frame = document.createElement("iframe");
      const settings = new URLSearchParams({
        key: this.#key,
        parent: location.origin,
        channel: this.#channel,
        theme: this.#theme,
        disabled: String(this.#disabled),
      });
      frame.title = "Secure card payment input frame";
      frame.name = "card-" + this.#channel;
      frame.src = ORIGIN + "/v3/card-frame.html#" + settings;
      frame.setAttribute("scrolling", "no");
      Object.assign(frame.style, { border: "0", display: "block", width: "100%", height: "212px" });
      window.addEventListener("message", this.#onMessage);
      this.#frame = frame;
      this.#paint();
      this.#loadTimer = setTimeout(() => this.#failLoading(), LOAD_TIMEOUT_MS);
      place.replaceChildren(frame);
    }

    unmount() {
      if (!this.#frame) return;
      window.removeEventListener("message", this.#onMessage);
      clearTimeout(this.#loadTimer);
      this.#frame.remove();
      this.#frame = null;
      this.#loaded = false;
      for (const settle of [...this.#pending.values()]) {
        settle(connectionError("The card field was removed before it answered."));
      }
    }

    destroy() {
      this.unmount();
      this.#destroyed = true;
    }

    on(name, handler) {
      if (!this.#handlers.has(name)) throw integrationError("Unknown event: " + name);
      this.#handlers.get(name).add(handler);
      return this;
    }

    once(name, handler) {
      const wrapped = (event) => {
        this.off(name, wrapped);
        handler(event);
      };
      return this.on(name, wrapped);
    }

    off(name, handler) {
      const handlers = this.#handlers.get(name);
      if (handler) handlers?.delete(handler);
      else handlers?.clear();
      return this;
    }

    update(options) {
      this.#theme = themeOf(options, this.#theme);
      if (typeof options?.disabled === "boolean") this.#disabled = options.disabled;
      this.#paint();
      this.#send({ type: "update", theme: this.#theme, disabled: this.#disabled });
    }

    focus() {
      this.#frame?.focus();
      this.#send({ type: "focus" });
    }

    blur() {
      this.#send({ type: "blur" });
    }

    clear() {
      this.#send({ type: "clear" });
    }

    // Called by the Stripe object only.
    _createPaymentMethod(data) {
      if (!this.#frame) {
        return Promise.reject(integrationError(
          "We could not retrieve data from the specified Element. Please make sure the Element " +
          "you are attempting to use is still mounted.",
        ));
      }
      if (!this.#loaded) return Promise.resolve(connectionError("The card field is still loading."));
      const id = randomId();
      return new Promise((resolve) => {
        const timer = setTimeout(
          () => this.#pending.get(id)?.(connectionError("The payment service did not answer in time.")),
          ANSWER_TIMEOUT_MS,
        );
        this.#pending.set(id, (result) => {
          clearTimeout(timer);
          this.#pending.delete(id);
          resolve(result);
        });
        this.#send({ type: "create_payment_method", id, ...data });
      });
    }

    // A frame is see-through only while its element has the colour scheme of its content.
    #paint() {
      if (this.#frame) this.#frame.style.colorScheme = this.#theme === "auto" ? "light dark" : this.#theme;
    }

    #send(message) {
      if (this.#loaded) {
        this.#frame.contentWindow.postMessage({ ...message, channel: this.#channel }, ORIGIN);
      }
    }

    #receive(event) {
      const known =
        event.origin === ORIGIN &&
        event.source === this.#frame?.contentWindow &&
        event.data?.channel === this.#channel;
      if (!known) return;
      const { type, detail } = event.data;
      if (type === "resize") {
        this.#frame.style.height = Math.ceil(detail.height) + "px";
      } else if (type === "result") {
        this.#pending.get(detail.id)?.(detail.result);
      } else if (type === "ready") {
        clearTimeout(this.#loadTimer);
        this.#loaded = true;
        // What was changed while the frame loaded.
        this.#send({ type: "update", theme: this.#theme, disabled: this.#disabled });
        this.#emit("ready", { elementType: "card" });
      } else if (EVENTS.includes(type)) {
        this.#emit(type, { elementType: "card", ...detail });
      }
    }

    #emit(name, event) {
      for (const handler of [...this.#handlers.get(name)]) handler(event);
    }

    #failLoading() {
      const message = "The card field could not be loaded.";
      this.#emit("loaderror", { elementType: "card", ...connectionError(message) });
    }
  }

  class Elements {
    #key;
    #theme;
    #card = null;

    constructor(key, options) {
      this.#key = key;
      this.#theme = themeOf(options, "auto");
    }

    create(type, options) {
      if (type !== "card") throw integrationError("Only the card Element is available, not " + type + ".");
      this.#card = new CardElement(this.#key, options, this.#theme);
      return this.#card;
    }

    getElement(type) {
      return type === "card" || type === CardElement ? this.#card : null;
    }
  }

  // The intent of a client secret, `pi_…_secret_…`.
  function intentOf(clientSecret) {
    const id = /^(pi_[A-Za-z0-9]+)_secret_[A-Za-z0-9]+$/.exec(clientSecret ?? "")?.[1];
    if (!id) throw integrationError("The client secret of a PaymentIntent was expected.");
    return id;
  }

  async function retrieveIntent(key, clientSecret) {
    const query = new URLSearchParams({ client_secret: clientSecret });
    const url = ORIGIN + "/v1/payment_intents/" + intentOf(clientSecret) + "?" + query;
    try {
      const response = await fetch(url, { headers: { Authorization: "Bearer " + key } });
      const answer = await response.json();
      return response.ok ? { paymentIntent: answer } : { error: answer.error };
    } catch {
      return connectionError("The payment service cannot be reached.");
    }
  }

  // Shows the bank's page over the shop's until the customer has answered or closed it; closing
  // it means no.
  function askBank(url, clientSecret) {
    const channel = randomId();
    const dialog = document.createElement("dialog");
    const close = document.createElement("button");
    const frame = document.createElement("iframe");
    dialog.setAttribute("aria-label", "Confirm your payment with your bank");
    Object.assign(dialog.style, {
      border: "0", borderRadius: "12px", padding: "0", overflow: "hidden",
      width: "min(440px, calc(100vw - 32px))", boxShadow: "0 12px 48px rgb(0 0 0 / 40%)",
    });
    close.type = "button";
    close.textContent = "\u00d7";
    close.setAttribute("aria-label", "Cancel authentication");
    Object.assign(close.style, {
      position: "absolute", top: "8px", right: "8px", width: "44px", height: "44px", border: "0",
      background: "transparent", color: "GrayText", font: "24px/1 system-ui, sans-serif", cursor: "pointer",
    });
    frame.title = "Your bank's page";
    frame.src = url + "#" + new URLSearchParams({ parent: location.origin, channel });
    Object.assign(frame.style, { border: "0", display: "block", width: "100%", height: "320px", maxHeight: "80vh" });
    dialog.append(frame, close);
    document.body.append(dialog);
    const focused = document.activeElement;
    return new Promise((resolve) => {
      function end() {
        window.removeEventListener("message", receive);
        dialog.close();
        dialog.remove();
        focused?.focus?.();
        resolve();
      }
      async function giveUp() {
        close.disabled = true;
        const target = new URL(url);
        try {
          await fetch(target.origin + target.pathname + "/fail", {
            method: "POST",
            headers: { Accept: "application/json" },
            body: new URLSearchParams({
              client_secret: clientSecret,
              challenge: target.searchParams.get("challenge") ?? "",
            }),
          });
        } catch {
          // Whoever asks for the intent next sees that it still waits.
        }
        end();
      }
      function receive(event) {
        const known =
          event.origin === ORIGIN && event.source === frame.contentWindow && event.data?.channel === channel;
        if (!known) return;
        if (event.data.type === "over") end();
        else if (event.data.type === "escape") giveUp();
        else if (event.data.type === "resize") frame.style.height = Math.ceil(event.data.detail.height) + "px";
      }
      window.addEventListener("message", receive);
      close.addEventListener("click", giveUp);
      dialog.addEventListener("cancel", (event) => {
        event.preventDefault();
        giveUp();
      });
      dialog.showModal();
    });
  }

  async function handleNextAction(key, clientSecret) {
    const before = await retrieveIntent(key, clientSecret);
    if (before.error || before.paymentIntent.status !== "requires_action") return before;
    const action = before.paymentIntent.next_action;
    if (action.type === "redirect_to_url") {
      location.assign(action.redirect_to_url.url);
      // The page is left; nothing comes after.
      return new Promise(() => {});
    }
    // The bank's page is reached where this script came from.
    const { pathname, search } = new URL(action.use_stripe_sdk.stripe_js);
    await askBank(ORIGIN + pathname + search, clientSecret);
    const after = await retrieveIntent(key, clientSecret);
    const failure = after.paymentIntent?.last_payment_error;
    if (after.paymentIntent?.status === "requires_payment_method" && failure) {
      return { error: { ...failure, payment_intent: after.paymentIntent } };
    }
    return after;
  }

  function Stripe(publishableKey) {
    if (typeof publishableKey !== "string" || !publishableKey.startsWith("pk_test_")) {
      throw integrationError("Please call Stripe() with your publishable test key (pk_test_…).");
    }
    return {
      elements: (options) => new Elements(publishableKey, options),
      retrievePaymentIntent: (clientSecret) => retrieveIntent(publishableKey, clientSecret),
      async handleNextAction(request) {
        intentOf(request?.clientSecret);
        return handleNextAction(publishableKey, request.clientSecret);
      },
      async createPaymentMethod(request) {
        if (request?.type !== "card" || !(request.card instanceof CardElement)) {
          throw integrationError("createPaymentMethod needs type \"card\" and a card Element.");
        }
        return request.card._createPaymentMethod({
          billing_details: request.billing_details ?? null,
          metadata: request.metadata ?? null,
        });
      },
    };
  }

  Stripe.version = 3;
  window.Stripe = Stripe;
})();
