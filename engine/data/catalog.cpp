#include "engine/data/catalog.h"

namespace denoise {
namespace {

// Sizes and SHA-256 are those of tensorflow_datasets/url_checksums/{mnist,fashion_mnist,cifar10,cifar100}.txt
// in github.com/tensorflow/datasets. The SHA-256 are also those of lib/torchvision/datasets/ in
// github.com/ankane/torchvision-ruby.

/// The first address is that of TensorFlow Datasets, the second one that of torchvision/datasets/mnist.py in
/// github.com/pytorch/vision. The hashes of the contents were computed from the IDX files in
/// ../shared/data/mnist, which were compressed again. The licence is that in TensorFlow's documentation of
/// keras.datasets.mnist.
Publication mnist() {
    return {"CC BY-SA 3.0, copyright Yann LeCun and Corinna Cortes",
            "http://yann.lecun.com/exdb/mnist/",
            {"https://storage.googleapis.com/cvdf-datasets/mnist/",
             "https://ossci-datasets.s3.amazonaws.com/mnist/"},
            {{"train-images-idx3-ubyte.gz", 9'912'422,
              "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
              "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
             {"train-labels-idx1-ubyte.gz", 28'881,
              "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
              "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
             {"t10k-images-idx3-ubyte.gz", 1'648'877,
              "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
              "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
             {"t10k-labels-idx1-ubyte.gz", 4'542,
              "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
              "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"}}};
}

/// The addresses are those of data/fashion/ in github.com/zalandoresearch/fashion-mnist, the repository of
/// the authors: their website serves the files without HTTPS. Its LICENSE is MIT, and the sizes and hashes of
/// the labels were also computed from it.
Publication fashion_mnist() {
    return {"MIT, copyright Zalando SE",
            "https://github.com/zalandoresearch/fashion-mnist",
            {"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
             "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"},
            {{"train-images-idx3-ubyte.gz", 26'421'880,
              "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"},
             {"train-labels-idx1-ubyte.gz", 29'515,
              "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"},
             {"t10k-images-idx3-ubyte.gz", 4'422'102,
              "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"},
             {"t10k-labels-idx1-ubyte.gz", 5'148,
              "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"}}};
}

/// The page of the authors names no licence, and asks to cite "Learning Multiple Layers of Features from Tiny
/// Images" by Alex Krizhevsky, 2009.
Publication cifar(const PublishedFile& archive) {
    return {"no licence is stated; cite Krizhevsky 2009",
            "https://www.cs.toronto.edu/~kriz/cifar.html",
            {"https://www.cs.toronto.edu/~kriz/"},
            {archive}};
}

}  // namespace

const std::vector<CatalogEntry>& dataset_catalog() {
    static const std::vector<CatalogEntry> catalog = {
        {"glyphs", "Glyphs", "Handwritten digits and six shapes, 28 x 28 grey, generated in any number.",
         "Built in. Needs no files.", true},
        {"mnist", "MNIST", "70,000 handwritten digits, 28 x 28 grey, by LeCun, Cortes and Burges.",
         "Put its IDX files (train-images-idx3-ubyte and train-labels-idx1-ubyte, compressed with gzip or "
         "not) into a folder and choose the folder, or choose a zip or tar archive of them.",
         false, mnist()},
        {"fashion-mnist", "Fashion-MNIST", "70,000 pieces of clothing, 28 x 28 grey, by Zalando Research.",
         "Put its IDX files into a folder with \"fashion\" in its name, because they have the same names as "
         "those of MNIST, and choose the folder.",
         false, fashion_mnist()},
        {"cifar-10", "CIFAR-10",
         "60,000 photos of animals and vehicles in ten classes, 32 x 32 in colour, by Krizhevsky.",
         "Choose the archive of its binary version, cifar-10-binary.tar.gz, or a folder with its files, "
         "data_batch_1.bin to data_batch_5.bin.",
         false,
         cifar({"cifar-10-binary.tar.gz", 170'052'171,
                "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"})},
        {"cifar-100", "CIFAR-100", "60,000 photos in a hundred classes, 32 x 32 in colour, by Krizhevsky.",
         "Choose the archive of its binary version, cifar-100-binary.tar.gz, or a folder with its files, "
         "train.bin and fine_label_names.txt.",
         false,
         cifar({"cifar-100-binary.tar.gz", 168'513'733,
                "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"})},
        {"folder", "Your own pictures",
         "A folder, or a zip or tar archive, of PNG, JPEG, BMP, GIF, WebP, HEIC, AVIF, JPEG 2000 or TIFF "
         "files. Its subfolders are the classes. If there is train/ beside val/, valid/ or test/, only "
         "train/ "
         "is loaded. Labels can also be in dataset.json, as the tools of StyleGAN and EDM write it, or in "
         "labels.csv or metadata.csv with the columns file_name and label.",
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
