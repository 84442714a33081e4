// The bank's page. Embedded, it tells the embedding page when it is over; alone, it leads back to
// the shop. Without this script the form does the same by itself.
(function () {
  "use strict";

  const settings = new URLSearchParams(location.hash.slice(1));
  const parentOrigin = settings.get("parent") ?? "";
  const channel = settings.get("channel") ?? "";
  const embedded = window.parent !== window && /^https?:\/\//.test(parentOrigin);

  function send(type, detail) {
    if (embedded) window.parent.postMessage({ channel, type, detail }, parentOrigin);
  }

  if (embedded) {
    const main = document.querySelector("main");
    new ResizeObserver(() => send("resize", { height: main.offsetHeight })).observe(main);
  }

  const form = document.querySelector("form");
  if (!form) {
    if ("over" in document.body.dataset) send("over");
    return;
  }
  const buttons = [...form.querySelectorAll("button")];
  const error = document.getElementById("error");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.textContent = "";
    const body = new URLSearchParams(new FormData(form));
    for (const button of buttons) button.disabled = true;
    try {
      const target = event.submitter?.hasAttribute("formaction") ? event.submitter.formAction : form.action;
      const response = await fetch(target, {
        method: "POST",
        headers: { Accept: "application/json" },
        body,
      });
      const answer = await response.json();
      // An answer that came from somewhere else already ends it too.
      if (!response.ok && response.status !== 400) throw new Error(answer.error?.message);
      if (embedded) send("over");
      else if (answer.redirect) location.assign(answer.redirect);
      else location.reload();
    } catch {
      for (const button of buttons) button.disabled = false;
      error.textContent = "The bank cannot be reached. Please try again.";
      buttons[0].focus();
    }
  });
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape") send("escape");
  });
})();
