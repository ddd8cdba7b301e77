import { readStatus, requestGifticon } from "./api.ts";
import { element, wait } from "./dom.ts";
import { type Progress, trackRequest, type TrackedRequest } from "./track-request.ts";

/** Key in the session storage. Open tabs have their request there, so it stays. */
const STORED = "wish";
const USER_ID = /^[1-9]\d{0,18}$/;

/** The part of the page that requests a gifticon and follows it to its code. */
export class AskPanel {
  readonly #user = element("user", HTMLInputElement);
  readonly #error = element("user-error", HTMLElement);
  readonly #button = element("request", HTMLButtonElement);
  readonly #outcome = element("outcome", HTMLElement);
  readonly #message = element("message", HTMLElement);
  readonly #code = element("code", HTMLElement);
  readonly #steps = ["asked", "queued", "decided"].map((step) => element(`step-${step}`, HTMLElement));
  #tracked: TrackedRequest | undefined;
  #busy = false;

  constructor() {
    element("ask", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    // A reloaded page continues its request. Phones reload pages by themselves.
    const tracked = recall();
    this.#user.value = tracked?.userId ?? randomUser();
    if (tracked !== undefined) void this.#track(tracked);
  }

  /** Hides the queue in mode direct. */
  set hasQueue(hasQueue: boolean) {
    element("step-queued", HTMLElement).hidden = !hasQueue;
  }

  #submit(): void {
    if (this.#busy) return;
    const userId = this.#user.value.trim();
    const valid = USER_ID.test(userId);
    this.#complain(valid ? undefined : "A user number has 1 to 19 digits and doesn't begin with 0.");
    if (!valid) {
      this.#user.focus();
      return;
    }
    // An unanswered request continues with its key, as it may have been accepted.
    const unanswered =
      this.#tracked?.userId === userId && this.#tracked.requestId === undefined ? this.#tracked : undefined;
    void this.#track(unanswered ?? { userId, key: newKey() });
  }

  async #track(tracked: TrackedRequest): Promise<void> {
    this.#tracked = tracked;
    this.#setBusy(true);
    await trackRequest(tracked, { request: requestGifticon, status: readStatus, wait }, (progress) => {
      this.#show(progress);
    });
    this.#setBusy(false);
  }

  #show(progress: Progress): void {
    const { step } = progress;
    if (step === "queued" && this.#tracked !== undefined) this.#tracked.requestId = progress.requestId;
    // The result is stored, so that a reloaded page shows it.
    remember(step === "refused" ? undefined : this.#tracked);
    if (step === "issued" || step === "rejected" || step === "refused") this.#tracked = undefined;
    if (step === "refused") this.#complain(progress.why);

    this.#message.textContent = messageOf(progress);
    this.#outcome.dataset["kind"] = ["rejected", "refused", "gave-up"].includes(step) ? "bad" : "good";
    this.#code.hidden = step !== "issued";
    this.#code.textContent = step === "issued" ? progress.code : "";
    const [asked, queued, decided] = this.#steps;
    const state = STEPS[step];
    [asked, queued, decided].forEach((item, index) => {
      const mark = state[index];
      item?.classList.toggle("done", mark === "done");
      item?.classList.toggle("failed", mark === "failed");
      if (mark === "now") item?.setAttribute("aria-current", "step");
      else item?.removeAttribute("aria-current");
    });
    if (decided !== undefined) decided.textContent = step === "rejected" ? "Rejected" : "Issued";
  }

  #complain(problem: string | undefined): void {
    this.#error.hidden = problem === undefined;
    this.#error.textContent = problem ?? "";
    this.#user.ariaInvalid = problem === undefined ? "false" : "true";
  }

  /** Avoids `disabled`, which would take the focus from the button. */
  #setBusy(busy: boolean): void {
    this.#busy = busy;
    this.#button.ariaDisabled = busy ? "true" : "false";
    this.#button.textContent = busy ? "On its way…" : "Request a gifticon";
  }
}

type Mark = "done" | "now" | "failed" | undefined;

/** Appearance of each step: requested, queued, decided. */
const STEPS: Record<Progress["step"], [Mark, Mark, Mark]> = {
  asking: ["now", undefined, undefined],
  waiting: ["now", undefined, undefined],
  queued: ["done", "now", undefined],
  issued: ["done", "done", "done"],
  rejected: ["done", "done", "failed"],
  refused: ["failed", undefined, undefined],
  "gave-up": ["failed", undefined, undefined],
};

function messageOf(progress: Progress): string {
  switch (progress.step) {
    case "asking":
      return "Asking…";
    case "waiting":
      return `${progress.why} Trying again in ${progress.seconds} s. It stays one request.`;
    case "queued":
      return "Your request is safe and waits for its turn. This page follows it.";
    case "issued":
      return "Merry Christmas! Your gifticon:";
    case "rejected":
      return progress.reason === "duplicate"
        ? "This user has a gifticon already."
        : "Sold out: all gifticons have been issued.";
    case "refused":
      return "The request was not accepted.";
    case "gave-up":
      return `${progress.why} Press the button to try again: it stays one request.`;
  }
}

/** Returns a random user id outside of the range of load tests. */
function randomUser(): string {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return (10_000_000_000 + random).toString();
}

/** Returns a random UUID. `crypto.randomUUID` exists only on pages loaded over TLS. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Returns this tab's request from the browser's session storage. */
function recall(): TrackedRequest | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(STORED) ?? "") as TrackedRequest;
  } catch {
    return undefined;
  }
}

/** Stores this tab's request in the browser's session storage; undefined removes it. */
function remember(tracked: TrackedRequest | undefined): void {
  try {
    if (tracked === undefined) sessionStorage.removeItem(STORED);
    else sessionStorage.setItem(STORED, JSON.stringify(tracked));
  } catch {
    // Without storage, a reload starts over.
  }
}
