// Forms, notices, extensions, results of departments, reviews: event-types.md §7, “Around a visit”.
'use strict';

const formOf = (type, field) => readForm(SPEC.events[type].keys.find(([name]) => name === field)[1].replace(/^private field.*? or /, ''));
const isNotice = formOf('notice.sent', 'notice');
const isExtension = formOf('visit.extended', 'extension');

/** The content of a step whose field is private while the draw is sealed; undefined without its opening. */
function contentOf(law, draw, field, value) {
  if (!isPrivate(value)) return value;
  const known = law.open(`draw/${draw.id}`, field, value);
  return known === undefined ? law.open(`draw/${draw.id}`, field, value, draw.openings) : known;
}

/** Judges the content of such a step as soon as this reader knows it. */
function withContent(law, draw, field, value, isForm, judge) {
  whenKnown(law, draw, (n) => {
    const content = contentOf(law, draw, field, value);
    if (content === undefined) return;
    if (law.must('entry.schema', isForm(content), field)) judge(content, n);
  });
}

/** Whether a sealed draw holds notices or extensions. */
const hidesAround = (draw) => draw.hidden.some((h) => h.field === 'notice' || h.field === 'extension');
const hiddenNow = (draw) => draw.question.sealed && !draw.unsealed;

/** The last day of a visit: the latest window of the draw and its 补抽, or the day to which it was extended. */
function lastDay(law, draw, subject) {
  const days = [draw, ...fillsOf(law, draw, subject)].map((w) => w.task.window[1]);
  if (draw.extensions.has(subject)) days.push(draw.extensions.get(subject));
  return days.sort().pop();
}

function noticeSent(law, ev) {
  const draw = drawOf(law, ev.data, isCompleted);
  if (!draw) return;
  law.must('draw.sealing', isPrivate(ev.data.notice) === hiddenNow(draw));
  withContent(law, draw, 'notice', ev.data.notice, isNotice, (notice, n) => {
    const drawn = draw.teams.has(notice.subject) && !draw.notices.has(notice.subject);
    const items = notice.items.every((i) => draw.question.items.includes(i));
    const notInPast = notice.day === undefined || notice.day >= dateOf(notice.sent);
    law.must('notice.form', drawn && items && notice.sent <= ev.time && (notice.day !== undefined || notice.unannounced) && notInPast, notice.subject);
    const visit = visitOf(law, draw, notice.subject, n);
    if (visit) law.should('notice.before-visit', beforeVisit(draw, notice, law.current(visit.ev)), notice.subject);
  });
}

/** By days where the visit has no hour; an unannounced notice by the last day of the visit. */
function beforeVisit(draw, notice, d) {
  if (notice.unannounced) return dateOf(notice.sent) <= dateOf(d.until || d.occurred);
  const noHour = d.occurred.slice(11, 19) === '00:00:00' || d.occurred === draw.doneTime;
  return noHour ? dateOf(notice.sent) <= dateOf(d.occurred) : notice.sent <= d.occurred;
}

/** The window and the notice of a visit; asked when the notices of its draw are known. */
function askAround(law, draw, d) {
  const [from] = draw.task.window;
  const day = dateOf(d.occurred);
  law.should('visit.window', from <= day && day <= lastDay(law, draw, d.subject), d.occurred);
  const notice = draw.notices.get(d.subject);
  const wanted = draw.policy && draw.policy.values.notice && d.methods.includes('on_site');
  if (notice || wanted) law.should('notice.before-visit', notice && beforeVisit(draw, notice, d), d.subject);
}

function extended(law, ev) {
  const draw = drawOf(law, ev.data, isCompleted);
  if (!draw) return;
  law.must('draw.sealing', isPrivate(ev.data.extension) === hiddenNow(draw));
  withContent(law, draw, 'extension', ev.data.extension, isExtension, ({ subject, until }, n) => {
    const last = lastDay(law, draw, subject);
    const ok = draw.teams.has(subject) && !visitOf(law, draw, subject, n) && ev.date <= last && until > last;
    law.must('visit.extension', ok, subject);
  });
}

function formPublished(law, ev) {
  const { form, version, items } = ev.data;
  const pairName = `${form}\n${version}`;
  const known = items.every((i) => law.register('items').has(i));
  law.must('form.library', !law.formVersions.has(pairName) && known, form);
  law.formVersions.add(pairName);
}

/** A freeze asks a form for every item of its task, where the policy has `forms`. */
function askForms(law, question) {
  if (!law.policy || !law.policy.values.forms) return;
  const have = new Set([...law.forms.values()].flatMap((ev) => ev.data.items));
  law.should('form.before-draw', question.items.every((i) => have.has(i)), question.draw);
}

const departmentsOf = (draw) => new Set(draw.roster.classes.map(([department]) => department));

function departmentResult(law, ev, second) {
  const d = ev.data;
  if (d.paper && !second) law.ask('act.paper');
  const visit = law.visits.get(d.visit);
  if (!visit) law.lost = true;
  const ok = visit && !visit.ev.void && equalBytes(visit.ev.leaf, d.of) &&
    departmentsOf(law.draws.get(visit.draw)).has(d.department) &&
    (ev.unit === d.department || d.paper !== undefined) && !visit.departments.has(d.department);
  law.must('result.department', ok, d.department);
}

function reviewed(law, ev) {
  const d = ev.data;
  const visit = law.visits.get(d.visit);
  if (!visit) law.lost = true;
  const ok = visit && !visit.ev.void && signedVisit(law, visit) && !visit.published && equalBytes(visit.ev.leaf, d.of) &&
    visit.ev.holder !== ev.holder && !visit.review && (d.accepted || d.reason !== undefined);
  law.must('result.review', ok, d.visit);
}

/** A result that was sent back is not published; with `review`, only one that was accepted is. */
function askReview(law, visit) {
  const { policy } = law.draws.get(visit.draw);
  if (!visit.review && !(policy && policy.values.review)) return;
  law.must('result.review', visit.review && visit.review.accepted, visit.ev.data.visit);
}

/** Departments of a joint check that have not entered their result; null where none is asked. */
function departmentsMissing(law, draw, visit) {
  const all = departmentsOf(draw);
  if (!draw.policy || !draw.policy.values.joint_results || all.size < 2) return null;
  return [...all].filter((department) => department !== visit.ev.unit && !visit.departments.has(department));
}

handle({
  'form.published': [formPublished, (law, ev) => law.forms.set(ev.data.form, ev)],
  'notice.sent': [
    noticeSent,
    (law, ev) => {
      const draw = law.draws.get(ev.data.draw);
      hide(draw, 'notice', ev.data.notice, ev);
      whenKnown(law, draw, () => {
        const notice = contentOf(law, draw, 'notice', ev.data.notice);
        if (notice && isNotice(notice) && !draw.notices.has(notice.subject)) draw.notices.set(notice.subject, notice);
      });
    },
  ],
  'visit.extended': [
    extended,
    (law, ev) => {
      const draw = law.draws.get(ev.data.draw);
      hide(draw, 'extension', ev.data.extension, ev);
      whenKnown(law, draw, () => {
        const extension = contentOf(law, draw, 'extension', ev.data.extension);
        if (extension && isExtension(extension)) draw.extensions.set(extension.subject, extension.until);
      });
    },
  ],
  'visit.result': [departmentResult, (law, ev) => law.visits.get(ev.data.visit).departments.add(ev.data.department)],
  'result.reviewed': [
    reviewed,
    (law, ev) => {
      law.visits.get(ev.data.visit).review = ev.data;
    },
  ],
});
