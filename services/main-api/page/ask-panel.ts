import { readStatus, requestGifticon } from "./api.ts";
import { element, wait } from "./dom.ts";
import { type Progress, pursue, type Wish } from "./pursuit.ts";

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
  #wish: Wish | undefined;
  #busy = false;

  constructor() {
    element("ask", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    // A reloaded page continues its request. Phones reload pages by themselves.
    const wish = recall();
    this.#user.value = wish?.userId ?? randomUser();
    if (wish !== undefined) void this.#pursue(wish);
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
    const unanswered = this.#wish?.userId === userId && this.#wish.requestId === undefined ? this.#wish : undefined;
    void this.#pursue(unanswered ?? { userId, key: newKey() });
  }

  async #pursue(wish: Wish): Promise<void> {
    this.#wish = wish;
    this.#setBusy(true);
    await pursue(wish, { request: requestGifticon, status: readStatus, wait }, (progress) => {
      this.#show(progress);
    });
    this.#setBusy(false);
  }

  #show(progress: Progress): void {
    const { step } = progress;
    if (step === "queued" && this.#wish !== undefined) this.#wish.requestId = progress.requestId;
    // The result is stored, so that a reloaded page shows it.
    remember(step === "refused" ? undefined : this.#wish);
    if (step === "issued" || step === "rejected" || step === "refused") this.#wish = undefined;
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

/** Returns the appearance of each step: requested, queued, decided. */
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

/** Stores this tab's request in the browser's session storage. */
function recall(): Wish | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(STORED) ?? "") as Wish;
  } catch {
    return undefined;
  }
}

function remember(wish: Wish | undefined): void {
  try {
    if (wish === undefined) sessionStorage.removeItem(STORED);
    else sessionStorage.setItem(STORED, JSON.stringify(wish));
  } catch {
    // Without storage, a reload starts over.
  }
}
