//! Paints what egui draws, on the processor and the same on every machine: pictures need no graphics card and no driver.
//!
//! Triangles are filled as egui's own renderers do in gamma space: the texture, filtered between four texels, times the color
//! between the corners, over what is there, with premultiplied alpha. Corners are rounded to 1/256 pixel, so that triangles with a
//! common edge share no pixel and leave none.

use std::collections::HashMap;

use egui::epaint::{ClippedPrimitive, ImageData, Primitive, Vertex};
use egui::{ColorImage, Context, FullOutput, Pos2, TextureId, TexturesDelta};
use egui_kittest::TestRenderer;
use image::{Rgba, RgbaImage};

/// A renderer for [`egui_kittest`] that keeps the textures it was given.
#[derive(Default)]
pub struct Painter {
    textures: HashMap<TextureId, ColorImage>,
}

/// Steps of a corner's place within a pixel.
const STEPS: i64 = 256;

impl TestRenderer for Painter {
    #[allow(clippy::iter_over_hash_type, reason = "textures do not depend on each other")]
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        for (id, images) in delta.set.drain() {
            for change in images {
                let ImageData::Color(image) = change.image;
                match change.pos {
                    None => drop(self.textures.insert(id, (*image).clone())),
                    Some([left, top]) => {
                        let texture =
                            self.textures.get_mut(&id).expect("only a texture that is there is changed");
                        for (row, pixels) in image.pixels.chunks(image.width()).enumerate() {
                            let at = (top + row) * texture.width() + left;
                            texture.pixels[at..at + pixels.len()].copy_from_slice(pixels);
                        }
                    }
                }
            }
        }
        for id in delta.free.drain() {
            self.textures.remove(&id);
        }
    }

    fn render(&mut self, ctx: &Context, output: &FullOutput) -> Result<RgbaImage, String> {
        let scale = ctx.pixels_per_point();
        let size = ctx.content_rect().size() * scale;
        let mut canvas = Canvas::new(size.x.round() as usize, size.y.round() as usize, scale);
        for primitive in ctx.tessellate(output.shapes.clone(), scale) {
            canvas.paint(&primitive, &self.textures)?;
        }
        Ok(canvas.into_image())
    }
}

/// Pixels that grow into a picture: red, green, blue, alpha from 0 to 1, premultiplied.
struct Canvas {
    width: usize,
    height: usize,
    scale: f32,
    pixels: Vec<[f32; 4]>,
}

impl Canvas {
    fn new(width: usize, height: usize, scale: f32) -> Self {
        Self { width, height, scale, pixels: vec![[0.0; 4]; width * height] }
    }

    fn paint(
        &mut self,
        primitive: &ClippedPrimitive,
        textures: &HashMap<TextureId, ColorImage>,
    ) -> Result<(), String> {
        let Primitive::Mesh(mesh) = &primitive.primitive else {
            return Err("a callback draws for itself".to_owned());
        };
        let texture = textures.get(&mesh.texture_id).ok_or("a texture is missing")?;
        let edge = |at: f32, most: usize| ((at * self.scale).round().max(0.0) as usize).min(most);
        let clip = primitive.clip_rect;
        let columns = edge(clip.min.x, self.width)..edge(clip.max.x, self.width);
        let rows = edge(clip.min.y, self.height)..edge(clip.max.y, self.height);
        for corners in mesh.indices.chunks_exact(3) {
            let corners = [0, 1, 2].map(|at| mesh.vertices[corners[at] as usize]);
            let Some(triangle) = Triangle::new(corners, self.scale) else { continue };
            for y in triangle.rows(&rows) {
                for x in triangle.columns(&columns) {
                    if let Some(shares) = triangle.shares(x, y) {
                        let color = triangle.color(shares, texture);
                        let below = &mut self.pixels[y * self.width + x];
                        for (below, part) in below.iter_mut().zip(color) {
                            // Each step is rounded to 8 bits, as on a graphics card.
                            *below = (to_8_bits(part + *below * (1.0 - color[3]))) / 255.0;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn into_image(self) -> RgbaImage {
        let (width, height) = (self.width as u32, self.height as u32);
        RgbaImage::from_fn(width, height, |x, y| {
            let pixel = self.pixels[y as usize * self.width + x as usize];
            Rgba(pixel.map(|part| to_8_bits(part) as u8))
        })
    }
}

fn to_8_bits(part: f32) -> f32 {
    (part * 255.0).round().clamp(0.0, 255.0)
}

/// Three corners in steps of a pixel, counted so that the inside is on the left of each edge.
struct Triangle {
    places: [[i64; 2]; 3],
    corners: [Vertex; 3],
    /// Twice the area, which is not 0.
    area: i64,
}

impl Triangle {
    /// The triangle with these corners; `None` if it covers nothing.
    fn new(mut corners: [Vertex; 3], scale: f32) -> Option<Self> {
        let steps = |at: f32| (f64::from(at * scale) * STEPS as f64).round() as i64;
        let place = |corner: &Vertex| [steps(corner.pos.x), steps(corner.pos.y)];
        let area_of = |[a, b, c]: [[i64; 2]; 3]| side(a, b, c);
        let mut area = area_of([0, 1, 2].map(|at| place(&corners[at])));
        if area < 0 {
            corners.swap(1, 2);
            area = -area;
        }
        let places = [0, 1, 2].map(|at| place(&corners[at]));
        (area > 0).then_some(Self { places, corners, area })
    }

    /// The pixels of `within` that the triangle may cover, along the axis `axis`.
    fn span(&self, axis: usize, within: &std::ops::Range<usize>) -> std::ops::Range<usize> {
        let at = self.places.map(|place| place[axis]);
        let first = at.into_iter().min().unwrap_or(0).div_euclid(STEPS).max(0) as usize;
        let last = at.into_iter().max().unwrap_or(0).div_euclid(STEPS).max(-1) + 1;
        first.max(within.start)..(last as usize).min(within.end)
    }

    fn columns(&self, within: &std::ops::Range<usize>) -> std::ops::Range<usize> {
        self.span(0, within)
    }

    fn rows(&self, within: &std::ops::Range<usize>) -> std::ops::Range<usize> {
        self.span(1, within)
    }

    /// The shares of the corners in a pixel's center; `None` outside. A center on an edge belongs to the triangle below it or to
    /// its right.
    fn shares(&self, x: usize, y: usize) -> Option<[f32; 3]> {
        let center = [x, y].map(|at| at as i64 * STEPS + STEPS / 2);
        let mut shares = [0.0; 3];
        for (at, share) in shares.iter_mut().enumerate() {
            let (from, to) = (self.places[(at + 1) % 3], self.places[(at + 2) % 3]);
            let inside = side(from, to, center);
            let is_top_or_left = to[1] < from[1] || (to[1] == from[1] && to[0] > from[0]);
            if inside < 0 || (inside == 0 && !is_top_or_left) {
                return None;
            }
            *share = (inside as f64 / self.area as f64) as f32;
        }
        Some(shares)
    }

    fn color(&self, shares: [f32; 3], texture: &ColorImage) -> [f32; 4] {
        let mix = |of: &dyn Fn(&Vertex) -> f32| {
            self.corners.iter().zip(shares).map(|(corner, share)| of(corner) * share).sum::<f32>()
        };
        let texel = sample(texture, Pos2::new(mix(&|corner| corner.uv.x), mix(&|corner| corner.uv.y)));
        [0, 1, 2, 3].map(|part| mix(&|corner| f32::from(corner.color[part]) / 255.0) * texel[part])
    }
}

/// Twice the area of a triangle, positive if `point` is on the inner side of the edge.
fn side(from: [i64; 2], to: [i64; 2], point: [i64; 2]) -> i64 {
    (to[0] - from[0]) * (point[1] - from[1]) - (to[1] - from[1]) * (point[0] - from[0])
}

/// The texture's color between the four texels around a place, whose sides are 0 and 1.
fn sample(texture: &ColorImage, place: Pos2) -> [f32; 4] {
    let [width, height] = texture.size;
    let (x, y) = (place.x * width as f32 - 0.5, place.y * height as f32 - 0.5);
    let (left, top) = (x.floor(), y.floor());
    let (right_share, lower_share) = (x - left, y - top);
    let mut color = [0.0; 4];
    for (column, row, share) in [
        (left, top, (1.0 - right_share) * (1.0 - lower_share)),
        (left + 1.0, top, right_share * (1.0 - lower_share)),
        (left, top + 1.0, (1.0 - right_share) * lower_share),
        (left + 1.0, top + 1.0, right_share * lower_share),
    ] {
        let column = (column.max(0.0) as usize).min(width - 1);
        let row = (row.max(0.0) as usize).min(height - 1);
        let texel = texture.pixels[row * width + column];
        for (part, color) in color.iter_mut().enumerate() {
            *color += f32::from(texel[part]) / 255.0 * share;
        }
    }
    color
}
