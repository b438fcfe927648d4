#include "engine/data/catalog.h"

namespace denoise {

const std::vector<CatalogEntry>& dataset_catalog() {
    static const std::vector<CatalogEntry> catalog = {
        {"glyphs", "Glyphs", "Handwritten digits and six shapes, 28 x 28 grey, generated in any number.",
         "Built in. Needs no files.", true},
        {"mnist", "MNIST", "70,000 handwritten digits, 28 x 28 grey, by LeCun, Cortes and Burges.",
         "Put its IDX files (train-images-idx3-ubyte and train-labels-idx1-ubyte, compressed with gzip or "
         "not) into a folder and choose the folder, or choose a zip or tar archive of them."},
        {"fashion-mnist", "Fashion-MNIST", "70,000 pieces of clothing, 28 x 28 grey, by Zalando Research.",
         "Put its IDX files into a folder with \"fashion\" in its name, because they have the same names as "
         "those of MNIST, and choose the folder."},
        {"cifar-10", "CIFAR-10",
         "60,000 photos of animals and vehicles in ten classes, 32 x 32 in colour, by Krizhevsky.",
         "Choose the archive of its binary version, cifar-10-binary.tar.gz, or a folder with its files, "
         "data_batch_1.bin to data_batch_5.bin."},
        {"cifar-100", "CIFAR-100", "60,000 photos in a hundred classes, 32 x 32 in colour, by Krizhevsky.",
         "Choose the archive of its binary version, cifar-100-binary.tar.gz, or a folder with its files, "
         "train.bin and fine_label_names.txt."},
        {"folder", "Your own pictures",
         "A folder, or a zip or tar archive, of PNG, JPEG, BMP, GIF or WebP files, and of TIFF or other "
         "files if "
         "Qt has a plugin for them. Its subfolders are the classes. If there is train/ beside val/, valid/ "
         "or "
         "test/, only train/ is loaded. Labels can also be in dataset.json, as the tools of StyleGAN and EDM "
         "write it, or in labels.csv or metadata.csv with the columns file_name and label.",
         "Choose the folder or archive, or drop it on the window. Pictures are cropped to a square and "
         "resized."},
        {"numpy", "Arrays of NumPy",
         "A .npz or .npy file of uint8 images with the shape [N,H,W], [N,H,W,C] or [N,C,H,W], called "
         "x_train, "
         "train_images, images, x, data or arr_0, and of labels [N], called y_train, train_labels, labels, "
         "y, "
         "targets or arr_1.",
         "Choose the file."},
    };
    return catalog;
}

}  // namespace denoise
