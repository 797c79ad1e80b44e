// Photographs from the phone, made small enough for a slow line and without what the camera adds.

import { Told } from "./parts.js";

const LONGEST = 1600;
const QUALITY = 0.82;
const MOST_BYTES = 5_500_000;

/** What is to be sent of a file: pictures are drawn anew at most 1600 px wide, PDFs go as they are. */
export async function small(file) {
  if (!file) throw new Told("请先拍照或者选一张照片。");
  const blob = file.type === "application/pdf" ? file : await shrink(file);
  if (blob.size > MOST_BYTES) throw new Told("文件太大,请拍小一点再传。");
  return blob;
}

/** The same as base64. */
export const readSmall = async (file) => base64(await small(file));

async function shrink(file) {
  let picture;
  try {
    picture = await load(file);
  } catch {
    throw new Told("这张照片打不开,请重新拍一张。");
  }
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Told("这张照片打不开,请重新拍一张。"))), "image/jpeg", QUALITY);
  });
}

function load(file) {
  return new Promise((resolve, reject) => {
    const picture = new Image();
    const url = URL.createObjectURL(file);
    picture.onload = () => {
      URL.revokeObjectURL(url);
      resolve(picture);
    };
    picture.onerror = reject;
    picture.src = url;
  });
}

function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1]);
    reader.onerror = () => reject(new Told("这张照片打不开,请重新拍一张。"));
    reader.readAsDataURL(blob);
  });
}
