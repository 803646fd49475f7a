// [data-copy="13912345678"] copies it and says so ([data-copied]); hidden where scripts do not run.
import { announce } from './live.js';

/** Without a secure address the browser has no clipboard for scripts; a selected field can be copied anywhere. */
function copyBySelection(text) {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'visually-hidden';
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  return done;
}

async function copy(button) {
  const text = button.dataset.copy;
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    done = copyBySelection(text);
    button.focus();
  }
  if (done) announce(button.dataset.copied);
}

/** Every such button in a part of the page. */
export function copyButtons(part) {
  for (const button of part.querySelectorAll?.('[data-copy][hidden]') ?? []) {
    button.hidden = false;
    button.addEventListener('click', () => copy(button));
  }
}
