#include "engine/data/catalog.h"

namespace denoise {

const std::vector<CatalogEntry>& dataset_catalog() {
    static const std::vector<CatalogEntry> catalog = {
        {"glyphs", "Glyphs",
         "Handwritten digits and six shapes, 28 x 28 grey, drawn by the program in any number.",
         "Built in: choose it and train.", true},
        {"mnist", "MNIST", "70,000 handwritten digits, 28 x 28 grey, by LeCun, Cortes and Burges.",
         "Put its IDX files (train-images-idx3-ubyte and train-labels-idx1-ubyte, packed with gzip or not) "
         "into one folder and choose the folder."},
        {"fashion-mnist", "Fashion-MNIST", "70,000 pieces of clothing, 28 x 28 grey, by Zalando Research.",
         "Its IDX files are called like MNIST's: keep them in a folder with \"fashion\" in its name and "
         "choose "
         "the folder."},
        {"cifar-10", "CIFAR-10",
         "60,000 photographs of ten kinds of animals and vehicles, 32 x 32 in colour, by Krizhevsky.",
         "Unpack its binary version (data_batch_1.bin to data_batch_5.bin) and choose the folder."},
        {"cifar-100", "CIFAR-100", "60,000 photographs of a hundred kinds, 32 x 32 in colour, by Krizhevsky.",
         "Unpack its binary version (train.bin and fine_label_names.txt) and choose the folder."},
        {"folder", "Your own pictures",
         "Any folder of PNG, JPEG, BMP, GIF or WebP files; folders inside it become classes, those inside "
         "train/ where it has train/ and test/.",
         "Choose the folder, or drop it on the window. Pictures are cropped to a square and made small."},
    };
    return catalog;
}

}  // namespace denoise
