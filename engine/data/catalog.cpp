#include "engine/data/catalog.h"

namespace denoise {

const std::vector<CatalogEntry>& dataset_catalog() {
    static const std::vector<CatalogEntry> catalog = {
        {"glyphs", "Glyphs", "Handwritten digits and six shapes, 28 x 28 grey, generated in any number.",
         "Built in. Needs no files.", true},
        {"mnist", "MNIST", "70,000 handwritten digits, 28 x 28 grey, by LeCun, Cortes and Burges.",
         "Put its IDX files (train-images-idx3-ubyte and train-labels-idx1-ubyte, compressed with gzip or "
         "not) into a folder and choose the folder."},
        {"fashion-mnist", "Fashion-MNIST", "70,000 pieces of clothing, 28 x 28 grey, by Zalando Research.",
         "Put its IDX files into a folder with \"fashion\" in its name, because they have the same names as "
         "those of MNIST, and choose the folder."},
        {"cifar-10", "CIFAR-10",
         "60,000 photos of animals and vehicles in ten classes, 32 x 32 in colour, by Krizhevsky.",
         "Extract its binary version (data_batch_1.bin to data_batch_5.bin) and choose the folder."},
        {"cifar-100", "CIFAR-100", "60,000 photos in a hundred classes, 32 x 32 in colour, by Krizhevsky.",
         "Extract its binary version (train.bin and fine_label_names.txt) and choose the folder."},
        {"folder", "Your own pictures",
         "A folder of PNG, JPEG, BMP, GIF or WebP files. Its subfolders are the classes. If it contains "
         "train/ and test/, the subfolders of train/ are.",
         "Choose the folder, or drop it on the window. Pictures are cropped to a square and resized."},
    };
    return catalog;
}

}  // namespace denoise
