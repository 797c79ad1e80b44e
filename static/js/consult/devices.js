/* Cameras, microphones and loudspeakers: opened gently, remembered, and named in words. */

const KEY = "doorstep.devices";

const CAMERA_WORDS = {
  NotAllowedError: "浏览器不让用摄像头。请点地址栏左边的图标,允许使用摄像头,再点“重新检查”。",
  NotFoundError: "没有找到摄像头。可以只用声音进入。",
  NotReadableError: "摄像头被别的程序占着。请关掉那个程序,再点“重新检查”;也可以只用声音进入。",
};
const MICROPHONE_WORDS = {
  NotAllowedError: "浏览器不让用麦克风。请点地址栏左边的图标,允许使用麦克风,再点“重新检查”。",
  NotFoundError: "没有找到麦克风。您能听能看,别人听不到您,可以打字。",
  NotReadableError: "麦克风被别的程序占着。请关掉那个程序,再点“重新检查”。",
};
const NO_DEVICES = "这个浏览器打不开摄像头和麦克风。请换新版 Chrome 或 Edge,并用 https 网址打开。";

/** What this person chose: {videoinput, audioinput, audiooutput, camera, microphone}. */
export function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

export function remember(choice) {
  localStorage.setItem(KEY, JSON.stringify({ ...remembered(), ...choice }));
}

const preferred = (id) => (id ? { deviceId: { ideal: id } } : {});

const picture = (id = remembered().videoinput) => ({
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 25, max: 25 },
  ...preferred(id),
});

const voice = (id = remembered().audioinput) => ({
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  ...preferred(id),
});

/** Open one camera. Throws Error with words for people. */
export function openCamera(id) {
  return open({ video: picture(id) }, CAMERA_WORDS).then(([track]) => track);
}

/** Open one microphone. Throws Error with words for people. */
export function openMicrophone(id) {
  return open({ audio: voice(id) }, MICROPHONE_WORDS).then(([track]) => track);
}

/** Both with one question of the browser: {microphone, camera}. Throws Error. */
export async function openBoth() {
  const tracks = await open({ audio: voice(), video: picture() }, CAMERA_WORDS);
  const of = (kind) => tracks.find((track) => track.kind === kind);
  return { microphone: of("audio"), camera: of("video") };
}

async function open(constraints, words) {
  if (!navigator.mediaDevices?.getUserMedia) throw new Error(NO_DEVICES);
  try {
    return (await navigator.mediaDevices.getUserMedia(constraints)).getTracks();
  } catch (problem) {
    throw new Error(words[problem.name] ?? words.NotReadableError, { cause: problem });
  }
}

/** The devices of one kind, with their names. */
export async function devicesOf(kind) {
  const found = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  return found.filter((device) => device.kind === kind && device.deviceId);
}

/** Fill a <select>; its field is hidden when there is nothing to choose. */
export async function fillChoices(field, kind) {
  const select = field.querySelector("select");
  const found = await devicesOf(kind);
  const chosen = remembered()[kind];
  select.replaceChildren(
    ...found.map((device, index) => {
      const name = device.label || `设备 ${index + 1}`;
      return new Option(name, device.deviceId, false, device.deviceId === chosen);
    }),
  );
  field.hidden = found.length < 2;
}

/** Let an <audio> or <video> play through the chosen loudspeaker, where browsers can. */
export async function useSpeaker(element, id = remembered().audiooutput) {
  if (id && element.setSinkId) await element.setSinkId(id).catch(() => {}); // unplugged: default
}
