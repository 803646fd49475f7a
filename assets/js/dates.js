// The browser's picker beside a day that is typed. The field itself is plain text and works without this: a field of
// type "date" cannot be typed into in Chinese Chromium, and reads nothing but its own order of day and month.

/** The day of a text as pickers want it, or nothing. What the server reads besides is typed by nobody who picks. */
export function isoDay(text) {
  const plain = text.normalize('NFKC').trim();
  const found = /^(\d{4})(\d{2})(\d{2})$/.exec(plain) ?? /^(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})\D{0,4}$/.exec(plain);
  if (!found) return '';
  const [, year, month, day] = found;
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

function enhance(button) {
  const field = document.getElementById(button.dataset.dateOf);
  const picker = document.createElement('input');
  if (!field || !picker.showPicker) return;
  picker.type = 'date';
  picker.className = 'date-picker';
  picker.tabIndex = -1;
  picker.setAttribute('aria-hidden', 'true');
  if (button.dataset.min) picker.min = button.dataset.min;
  if (button.dataset.max) picker.max = button.dataset.max;
  // It has no name and is no field of the form: what it says goes into the one that is.
  for (const kind of ['input', 'change']) {
    picker.addEventListener(kind, (event) => {
      event.stopPropagation();
      if (kind !== 'change' || !picker.value) return;
      field.value = picker.value;
      for (const told of ['input', 'change']) field.dispatchEvent(new Event(told, { bubbles: true }));
      field.focus();
    });
  }
  button.addEventListener('click', () => {
    picker.value = isoDay(field.value);
    picker.showPicker();
  });
  button.after(picker);
  button.hidden = false;
  delete button.dataset.dateOf;
}

/** Every field of a day in a part of the page. */
export function dateFields(part) {
  for (const button of part.querySelectorAll?.('[data-date-of]') ?? []) enhance(button);
}
