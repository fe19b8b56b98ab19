/* Follows long work: shows how far it is, and goes to the result as soon as that is there. */

const SHORTEST = 1000;
const LONGEST = 5000;
const LONGEST_SILENCE = 30000;

const box = document.querySelector("[data-progress]");
const bar = box.querySelector("progress");
const percent = box.querySelector("[data-percent]");
const step = box.querySelector("[data-step]");
let pause = SHORTEST;

function write(element, text) {
  // A screen reader tells every change: what stays the same is not written again.
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function show(news) {
  const isMoving = bar.value !== news.share || step.textContent !== news.step;
  pause = isMoving ? SHORTEST : Math.min(pause * 1.2, LONGEST);
  bar.value = news.share;
  write(percent, news.percent);
  write(step, news.step);
}

function leave(news) {
  if (news.url) {
    location.replace(news.url);
  } else {
    location.reload();
  }
}

async function ask() {
  const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
  if (answer.status >= 500) {
    throw new Error(answer.statusText);
  }
  const isNews = answer.ok && answer.headers.get("Content-Type").startsWith("application/json");
  // Whoever is signed out, or lost their role, is told so by the page itself.
  return isNews ? answer.json() : { is_ended: true };
}

async function follow() {
  try {
    const news = await ask();
    if (news.is_ended) {
      leave(news);
      return;
    }
    show(news);
  } catch {
    pause = Math.min(pause * 2, LONGEST_SILENCE);
    write(step, box.dataset.silence);
  }
  setTimeout(follow, pause);
}

setTimeout(follow, pause);
