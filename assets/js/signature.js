// Signing with a finger or a pen (templates/ui/signature.html). The points are kept and drawn again whenever the field changes
// its size, because a canvas is empty afterwards; what is sent are the points. Whether they are a signature the server decides
// (src/signature/ink.rs); the same thresholds here only spare a way. Without this file the name is typed.
import SignaturePad from 'signature_pad';

const LONGEST = 9600;
const POINTS = 8;
const LENGTH = 0.6;
const EXTENT = 0.15;

for (const field of document.querySelectorAll('[data-signature]')) sign(field);

function sign(field) {
  const form = field.closest('form');
  const canvas = field.querySelector('canvas');
  const said = field.querySelector('[data-signature-said]');
  const hidden = form.querySelector('[data-signature-ink]');
  const { empty, tooLittle } = field.dataset;
  field.hidden = false;
  const pad = new SignaturePad(canvas, { minWidth: 1, maxWidth: 2.5, throttle: 16, minDistance: 2, penColor: '#111' });
  let size = { width: 0, height: 0 };

  // The field has another size: everything is drawn again, in proportion.
  function fit() {
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (width === 0 || height === 0 || (width === size.width && height === size.height)) return;
    const groups = pad.toData();
    const scale = size.width === 0 ? 1 : Math.min(width / size.width, height / size.height);
    const ratio = Math.max(devicePixelRatio || 1, 1);
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.getContext('2d').scale(ratio, ratio);
    size = { width, height };
    const moved = groups.map((group) => ({
      ...group,
      points: group.points.map((point) => ({ ...point, x: point.x * scale, y: point.y * scale })),
    }));
    pad.clear();
    pad.fromData(moved);
    keep();
  }

  function strokes(step = 1) {
    const whole = (value, most) => Math.min(Math.max(Math.round(value), 0), most);
    return pad.toData().map(({ points }) => {
      const began = points[0]?.time ?? 0;
      let before = 0;
      return points
        .filter((_, n) => n % step === 0 || n === points.length - 1)
        .flatMap((point) => {
          before = Math.min(Math.max(Math.round(point.time - began), before), 600000);
          return [whole(point.x, Math.round(size.width)), whole(point.y, Math.round(size.height)), before];
        });
    });
  }

  // Very many points are thinned until they fit into the form.
  function text() {
    for (let step = 1; step < 64; step *= 2) {
      const s = strokes(step).filter((stroke) => stroke.length > 0);
      const sent = JSON.stringify({ w: Math.round(size.width), h: Math.round(size.height), s });
      if (sent.length <= LONGEST) return sent;
    }
    return '';
  }

  function keep() {
    hidden.value = pad.isEmpty() ? '' : text();
  }

  // What is visible counts: a dot and a short line are no signature.
  function fault() {
    const all = strokes();
    if (all.every((stroke) => stroke.length === 0)) return empty;
    let points = 0;
    let length = 0;
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const stroke of all) {
      for (let n = 0; n < stroke.length; n += 3) {
        const [x, y] = [stroke[n], stroke[n + 1]];
        points += 1;
        [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
        if (n >= 3) length += Math.hypot(x - stroke[n - 3], y - stroke[n - 2]);
      }
    }
    const side = Math.min(size.width, size.height);
    const [wide, high] = [right - left, bottom - top];
    const enough = points >= POINTS && length >= LENGTH * side && Math.max(wide, high) >= EXTENT * side && Math.min(wide, high) > 0;
    return enough ? '' : tooLittle;
  }

  function say(words) {
    said.textContent = words;
    said.hidden = words === '';
    canvas.setAttribute('aria-invalid', String(words !== ''));
  }

  // What was drawn before the server answered, or before the page was left and opened again, is drawn once more.
  function restore() {
    if (hidden.value === '') return;
    try {
      const { w, h, s } = JSON.parse(hidden.value);
      const scale = Math.min(size.width / w, size.height / h);
      const group = (stroke) => {
        const points = [];
        for (let n = 0; n < stroke.length; n += 3) {
          points.push({ x: stroke[n] * scale, y: stroke[n + 1] * scale, time: stroke[n + 2], pressure: 0.5 });
        }
        return { ...pad.toData()[0], penColor: '#111', minWidth: 1, maxWidth: 2.5, dotSize: 0, velocityFilterWeight: 0.7, compositeOperation: 'source-over', points };
      };
      pad.fromData(s.map(group));
    } catch {
      hidden.value = '';
    }
  }

  pad.addEventListener('endStroke', () => {
    keep();
    say('');
  });
  field.querySelector('[data-signature-undo]').addEventListener('click', () => {
    pad.fromData(pad.toData().slice(0, -1));
    keep();
  });
  field.querySelector('[data-signature-clear]').addEventListener('click', () => {
    pad.clear();
    keep();
    say('');
  });
  form.addEventListener('submit', (event) => {
    const typed = form.querySelector('[name=typed]')?.value.trim() ?? '';
    const onPaper = event.submitter?.name === 'method';
    keep();
    // Nothing was drawn, and the name was typed instead: the server looks at that.
    if (onPaper || (pad.isEmpty() && typed !== '')) return;
    const wrong = fault();
    say(wrong);
    if (wrong === '') return;
    event.preventDefault();
    canvas.focus();
  });

  new ResizeObserver(fit).observe(canvas);
  fit();
  restore();
}
