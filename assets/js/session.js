// Tells in time that the sign-in is about to end, and lets somebody sign in again beside a page that is half filled in:
// <body data-ends-in="1800" data-who="7"> and the <dialog id="session">. Without this script a form that comes in too
// late is kept by the server's answer.
import { announce } from './live.js';

const address = '/account/session';
const warnAt = 120;
const every = 15000;

export function watchSession() {
  const dialog = document.getElementById('session');
  const { endsIn, who } = document.body.dataset;
  if (!dialog || !endsIn) return;
  // The clock and not a timer: a tablet that slept wakes up late.
  let end = Date.now() + Number(endsIn) * 1000;
  let said = '';

  const show = (state) => {
    for (const part of dialog.querySelectorAll('[data-session]')) part.hidden = part.dataset.session !== state;
    if (!dialog.open) dialog.showModal();
    said = state;
    dialog.querySelector(`[data-session="${state}"] .btn`)?.focus();
  };
  const close = () => {
    const wasOver = said === 'over';
    said = '';
    if (!dialog.open) return;
    dialog.close();
    if (wasOver) announce(dialog.dataset.back);
  };

  /** What the server knows: other windows keep the sign-in alive, too. */
  async function ask(method) {
    let answer;
    try {
      answer = await fetch(address, { method, redirect: 'manual', cache: 'no-store' });
    } catch {
      return;
    }
    if (!answer.ok) {
      end = Date.now();
      show('over');
      return;
    }
    const standing = await answer.json();
    if (String(standing.who) !== who) {
      show('other');
      return;
    }
    end = Date.now() + standing.ends_in * 1000;
    if (standing.ends_in > warnAt) close();
    else if (method === 'POST') show('last');
    else if (said !== 'last') show('soon');
  }

  const look = () => {
    if (said || end - Date.now() < warnAt * 1000) ask('GET');
  };
  setInterval(look, every);
  addEventListener('focus', look);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && look());
  dialog.querySelector('[data-session-stay]').addEventListener('click', () => ask('POST'));
  dialog.querySelector('[data-session-look]').addEventListener('click', () => ask('GET'));
  dialog.querySelector('[data-session-close]').addEventListener('click', () => dialog.close());
  dialog.addEventListener('cancel', (event) => {
    // Escape goes on working; what is over cannot be waved away.
    if (said === 'soon') ask('POST');
    else if (said !== 'last') event.preventDefault();
  });
}
