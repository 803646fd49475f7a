// <form data-draft="/screenings/7/draft"> keeps what was typed on the server: a few seconds after a change, and when
// the page is left, the form's fields are posted there. The element [data-draft-status] in the form carries the
// sentences and shows the outcome. A 409 says that another window saved meanwhile: nothing is overwritten, and the
// page's own submit shows what differs.
import { clockTime } from './live.js';

const pause = 3000;

export function draftForms() {
  for (const form of document.querySelectorAll('form[data-draft]')) keep(form);
}

function keep(form) {
  const status = form.querySelector('[data-draft-status]');
  const words = status?.dataset ?? {};
  let timer;
  let changed = false;
  let sending = false;

  const say = (text, failed) => {
    if (!status) return;
    status.textContent = text ?? '';
    status.classList.toggle('is-failed', failed);
  };

  async function save() {
    clearTimeout(timer);
    if (!changed || sending) return;
    sending = true;
    changed = false;
    try {
      const response = await fetch(form.dataset.draft, {
        method: 'POST',
        body: new URLSearchParams(new FormData(form)),
        redirect: 'error',
        keepalive: true,
      });
      if (response.status === 409) {
        say(words.conflict ?? words.failed, true);
        sending = false;
        return;
      }
      if (!response.ok) throw new Error(String(response.status));
      if (!changed) form.dataset.draftKept = 'true';
      say(words.saved?.replace('{time}', clockTime()), false);
    } catch {
      changed = true;
      say(words.failed, true);
      timer = setTimeout(save, 4 * pause);
    }
    sending = false;
    if (changed && !status?.classList.contains('is-failed')) later();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  for (const kind of ['input', 'change'])
    form.addEventListener(kind, () => {
      changed = true;
      delete form.dataset.draftKept;
      later();
    });
  form.addEventListener('submit', () => {
    // The real submit carries everything: no draft may arrive after it.
    changed = false;
    clearTimeout(timer);
  });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && save());
}
