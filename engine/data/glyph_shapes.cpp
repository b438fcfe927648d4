#include "engine/data/glyph_shapes.h"

#include <array>

namespace denoise {
namespace {

// ---------------------------------------------------------------- digits

constexpr Point zero_oval[] = {{.52f, 0},    {.26f, .09f}, {.10f, .34f}, {.09f, .62f},
                               {.22f, .90f}, {.48f, 1},    {.76f, .89f}, {.90f, .62f},
                               {.89f, .34f}, {.76f, .09f}, {.52f, 0}};
constexpr Point zero_narrow[] = {{.58f, .02f}, {.38f, .08f}, {.25f, .33f}, {.22f, .62f},
                                 {.30f, .90f}, {.48f, 1},    {.67f, .90f}, {.77f, .62f},
                                 {.77f, .34f}, {.68f, .08f}, {.50f, .01f}};
constexpr Stroke zero_a[] = {zero_oval};
constexpr Stroke zero_b[] = {zero_narrow};
constexpr Glyph zero[] = {zero_a, zero_b};

constexpr Point one_line[] = {{.5f, 0}, {.5f, .5f}, {.5f, 1}};
constexpr Point one_flag[] = {{.27f, .26f}, {.43f, .13f}, {.54f, 0}, {.54f, 0}, {.54f, .5f}, {.53f, 1}};
constexpr Point one_base[] = {{.27f, 1}, {.78f, 1}};
constexpr Stroke one_a[] = {one_line};
constexpr Stroke one_b[] = {one_flag};
constexpr Stroke one_c[] = {one_flag, one_base};
constexpr Glyph one[] = {one_a, one_b, one_b, one_c};

constexpr Point two_plain[] = {{.13f, .24f}, {.24f, .07f}, {.49f, 0},    {.75f, .09f},
                               {.81f, .29f}, {.70f, .52f}, {.42f, .77f}, {.12f, .99f},
                               {.12f, .99f}, {.50f, .97f}, {.90f, .98f}};
constexpr Point two_loop[] = {{.14f, .20f}, {.30f, .03f}, {.57f, .01f}, {.77f, .15f}, {.76f, .40f},
                              {.58f, .67f}, {.36f, .90f}, {.19f, .98f}, {.12f, .88f}, {.24f, .79f},
                              {.43f, .86f}, {.62f, .97f}, {.92f, .93f}};
constexpr Stroke two_a[] = {two_plain};
constexpr Stroke two_b[] = {two_loop};
constexpr Glyph two[] = {two_a, two_a, two_b};

constexpr Point three_round[] = {{.15f, .14f}, {.35f, .01f}, {.64f, .03f}, {.77f, .20f},
                                 {.66f, .39f}, {.40f, .47f}, {.40f, .47f}, {.70f, .53f},
                                 {.85f, .71f}, {.74f, .92f}, {.45f, 1},    {.12f, .90f}};
constexpr Point three_flat[] = {{.16f, .02f}, {.80f, .02f}, {.80f, .02f}, {.45f, .40f}, {.45f, .40f},
                                {.72f, .48f}, {.84f, .69f}, {.70f, .94f}, {.40f, 1},    {.12f, .91f}};
constexpr Stroke three_a[] = {three_round};
constexpr Stroke three_b[] = {three_flat};
constexpr Glyph three[] = {three_a, three_a, three_a, three_b};

constexpr Point four_angle[] = {{.60f, 0}, {.10f, .66f}, {.10f, .66f}, {.92f, .64f}};
constexpr Point four_stem[] = {{.64f, .02f}, {.65f, .50f}, {.64f, 1}};
constexpr Point four_cup[] = {{.18f, .03f}, {.12f, .30f}, {.16f, .50f}, {.40f, .56f}, {.80f, .48f}};
constexpr Point four_side[] = {{.80f, 0}, {.78f, .48f}, {.73f, 1}};
constexpr Stroke four_a[] = {four_angle, four_stem};
constexpr Stroke four_b[] = {four_cup, four_side};
constexpr Glyph four[] = {four_a, four_b};

constexpr Point five_body[] = {{.24f, .03f}, {.19f, .42f}, {.19f, .42f}, {.48f, .36f}, {.76f, .46f},
                               {.85f, .68f}, {.71f, .92f}, {.42f, 1},    {.12f, .91f}};
constexpr Point five_top[] = {{.24f, .03f}, {.82f, .01f}};
constexpr Stroke five_a[] = {five_body, five_top};
constexpr Glyph five[] = {five_a};

constexpr Point six_round[] = {{.72f, 0},    {.42f, .15f}, {.20f, .43f}, {.14f, .72f},
                               {.27f, .95f}, {.53f, 1},    {.78f, .88f}, {.83f, .67f},
                               {.66f, .52f}, {.40f, .56f}, {.20f, .74f}};
constexpr Point six_hook[] = {{.78f, .10f}, {.60f, .01f}, {.38f, .11f}, {.22f, .38f},
                              {.17f, .68f}, {.28f, .93f}, {.52f, 1},    {.77f, .88f},
                              {.80f, .66f}, {.60f, .52f}, {.36f, .58f}, {.20f, .74f}};
constexpr Stroke six_a[] = {six_round};
constexpr Stroke six_b[] = {six_hook};
constexpr Glyph six[] = {six_a, six_a, six_b};

constexpr Point seven_body[] = {{.12f, .04f}, {.50f, .04f}, {.86f, .02f},
                                {.86f, .02f}, {.60f, .42f}, {.42f, 1}};
constexpr Point seven_bar[] = {{.30f, .52f}, {.76f, .49f}};
constexpr Stroke seven_a[] = {seven_body};
constexpr Stroke seven_b[] = {seven_body, seven_bar};
constexpr Glyph seven[] = {seven_a, seven_a, seven_b};

constexpr Point eight_body[] = {{.78f, .14f}, {.52f, 0},    {.25f, .10f}, {.23f, .29f}, {.45f, .45f},
                                {.71f, .59f}, {.82f, .79f}, {.67f, .97f}, {.40f, .99f}, {.19f, .84f},
                                {.25f, .65f}, {.48f, .48f}, {.72f, .32f}, {.78f, .14f}};
constexpr Point eight_top[] = {{.50f, 0},    {.28f, .08f}, {.24f, .26f}, {.36f, .42f}, {.53f, .45f},
                               {.71f, .39f}, {.76f, .22f}, {.70f, .07f}, {.50f, 0}};
constexpr Point eight_bottom[] = {{.53f, .45f}, {.27f, .53f}, {.16f, .74f}, {.27f, .94f}, {.52f, 1},
                                  {.77f, .92f}, {.84f, .72f}, {.74f, .53f}, {.53f, .45f}};
constexpr Stroke eight_a[] = {eight_body};
constexpr Stroke eight_b[] = {eight_top, eight_bottom};
constexpr Glyph eight[] = {eight_a, eight_a, eight_b};

constexpr Point nine_stem[] = {{.79f, .22f}, {.65f, .04f}, {.40f, .01f}, {.19f, .16f},
                               {.19f, .38f}, {.38f, .51f}, {.64f, .44f}, {.79f, .22f},
                               {.79f, .22f}, {.78f, .55f}, {.72f, 1}};
constexpr Point nine_curl[] = {{.80f, .24f}, {.67f, .05f}, {.42f, .01f}, {.20f, .15f}, {.19f, .37f},
                               {.40f, .51f}, {.66f, .43f}, {.80f, .24f}, {.80f, .24f}, {.82f, .55f},
                               {.70f, .88f}, {.46f, 1},    {.20f, .92f}};
constexpr Stroke nine_a[] = {nine_stem};
constexpr Stroke nine_b[] = {nine_curl};
constexpr Glyph nine[] = {nine_a, nine_a, nine_b};

// ---------------------------------------------------------------- shapes

constexpr Point triangle_line[] = {{.5f, .04f},  {.98f, .92f}, {.98f, .92f},
                                   {.02f, .92f}, {.02f, .92f}, {.5f, .04f}};
constexpr Stroke triangle_a[] = {triangle_line};
constexpr Glyph triangle[] = {triangle_a};

constexpr Point square_line[] = {{.06f, .06f}, {.94f, .06f}, {.94f, .06f}, {.94f, .94f},
                                 {.94f, .94f}, {.06f, .94f}, {.06f, .94f}, {.06f, .06f}};
constexpr Stroke square_a[] = {square_line};
constexpr Glyph square[] = {square_a};

// Five points on a circle, each connected to the second next, as a star is drawn without lifting the pen.
constexpr Point star_line[] = {{.20f, 1},    {.5f, 0},     {.5f, 0},     {.80f, 1},    {.80f, 1},
                               {.01f, .38f}, {.01f, .38f}, {.99f, .38f}, {.99f, .38f}, {.20f, 1}};
constexpr Stroke star_a[] = {star_line};
constexpr Glyph star[] = {star_a};

constexpr Point heart_line[] = {{.5f, .28f},  {.41f, .11f}, {.24f, .04f}, {.08f, .12f}, {.02f, .32f},
                                {.12f, .56f}, {.5f, .98f},  {.5f, .98f},  {.88f, .56f}, {.98f, .32f},
                                {.92f, .12f}, {.76f, .04f}, {.59f, .11f}, {.5f, .28f}};
constexpr Stroke heart_a[] = {heart_line};
constexpr Glyph heart[] = {heart_a};

constexpr Point spiral_line[] = {{0.52f, 0.45f}, {0.58f, 0.47f}, {0.61f, 0.56f}, {0.54f, 0.65f},
                                 {0.39f, 0.65f}, {0.28f, 0.53f}, {0.31f, 0.33f}, {0.50f, 0.21f},
                                 {0.75f, 0.29f}, {0.86f, 0.55f}, {0.72f, 0.83f}, {0.39f, 0.92f},
                                 {0.09f, 0.71f}, {0.03f, 0.32f}};
constexpr Stroke spiral_a[] = {spiral_line};
constexpr Glyph spiral[] = {spiral_a};

constexpr Point house_walls[] = {{.14f, .44f}, {.14f, .98f}, {.14f, .98f},
                                 {.86f, .98f}, {.86f, .98f}, {.86f, .44f}};
constexpr Point house_roof[] = {{0, .48f}, {.5f, .02f}, {.5f, .02f}, {1, .48f}};
constexpr Stroke house_a[] = {house_walls, house_roof};
constexpr Glyph house[] = {house_a};

constexpr std::array<GlyphClass, 16> classes{{{"0", zero},
                                              {"1", one},
                                              {"2", two},
                                              {"3", three},
                                              {"4", four},
                                              {"5", five},
                                              {"6", six},
                                              {"7", seven},
                                              {"8", eight},
                                              {"9", nine},
                                              {"triangle", triangle, .85f, .5f},
                                              {"square", square, .85f, .5f},
                                              {"star", star, .68f, .4f},
                                              {"heart", heart, .85f, .5f},
                                              {"spiral", spiral, .78f, .6f},
                                              {"house", house, .8f, .4f}}};

}  // namespace

std::span<const GlyphClass> glyph_classes() {
    return classes;
}

}  // namespace denoise
