"""Common given and family names by pool, to be put together freely. They are nobody's in particular."""

_GIVEN = {
    "arabic": "Amal Amina Basma Dalia Farah Hana Huda Layla Lina Mariam Nadia Noor Rania Salma Yasmin "
    "Adel Bilal Hassan Karim Khalil Mahmoud Marwan Nabil Omar Rami Sami Tarek Walid Youssef "
    "Ziad",
    "azeri": "Aysel Gunel Leyla Nigar Sevda Elchin Farid Kamran Rashad Tural",
    "bengali": "Afsana Farzana Nusrat Rumana Sabina Tahmina Arif Imran Kamal Rafiq Shahid Tanvir",
    "chinese": "Hui Jia Lan Mei Ning Qing Ting Xin Yan Yue Bo Chao Feng Hao Jun Kai Lei Ming Tao Wen",
    "croatian": "Ana Iva Marija Petra Sanja Ante Davor Goran Luka Tomislav",
    "czech": "Alena Barbora Hana Lenka Zuzana Jakub Jan Marek Ondřej Vojtěch",
    "dutch": "Anouk Femke Iris Lotte Marijke Sanne Bas Daan Joris Pieter Ruben Sander",
    "english": "Abigail Alice Amy Bethany Caroline Chloe Eleanor Emily Freya Georgia Grace Hazel "
    "Imogen Josie Laura Molly Naomi Phoebe Rosie Tamsin Adam Alfie Callum Dominic Edwin "
    "Felix Gareth Harvey Isaac Jasper Keith Leo Martin Nathan Owen Patrick Ralph Simon Toby "
    "Wesley",
    "filipino": "Analyn Divina Jasmine Liezel Marites Rowena Arnel Danilo Jericho Rodel Noel Wilfredo",
    "french": "Aurélie Camille Claire Élodie Florence Inès Juliette Manon Océane Sylvie Antoine "
    "Baptiste Cédric Étienne Guillaume Hugo Laurent Mathieu Rémi Thibault",
    "german": "Anja Britta Carla Dörte Franziska Greta Heike Jule Katrin Lena Maike Nele Sabine Silke "
    "Ulrike Arne Björn Dirk Florian Henning Jonas Jürgen Lars Malte Moritz Niklas Ralf "
    "Sebastian Stefan Torben",
    "greek": "Danae Eleni Katerina Sofia Vasiliki Andreas Christos Kostas Nikos Spyros",
    "hausa": "Aisha Fatima Hadiza Maimuna Zainab Abubakar Garba Ibrahim Musa Sani",
    "hebrew": "Dafna Maya Noa Shira Tamar Yael Amit Eitan Gilad Lior Nadav Yonatan",
    "indian": "Aditi Ananya Anjali Bhavna Deepa Divya Ishita Kavita Lakshmi Meera Nandini Pooja Priya "
    "Radhika Rekha Shreya Sneha Sunita Swati Vidya Abhishek Aditya Ajay Anand Arjun Ashok "
    "Deepak Ganesh Gaurav Harish Karthik Manish Mohan Nikhil Prakash Rajesh Rohan Suresh "
    "Vikram",
    "irish": "Aoife Ciara Niamh Orla Róisín Sinéad Cian Conor Declan Eoin Fergal Oisín",
    "italian": "Alessia Beatrice Chiara Elisa Federica Giulia Ilaria Martina Paola Silvia Andrea "
    "Davide Enrico Fabio Giacomo Lorenzo Matteo Nicola Riccardo Stefano",
    "nepali": "Anita Bimala Kamala Sarita Sushila Bikash Dipesh Prakash Ramesh Sujan",
    "nigerian": "Adaeze Bukola Chiamaka Damilola Efe Folake Ifeoma Kehinde Ngozi Temitope Ayodele "
    "Babatunde Chinedu Emeka Femi Ikenna Kunle Obinna Segun Tunde",
    "nordic": "Astrid Elin Freja Ingrid Karin Maja Sigrid Anders Emil Henrik Lars Mikkel Oskar Rasmus",
    "pakistani": "Ayesha Hira Mehwish Sana Zara Asad Faisal Hamza Junaid Usman",
    "polish": "Agnieszka Dorota Ewa Joanna Katarzyna Magdalena Zofia Bartosz Jakub Krzysztof Łukasz "
    "Paweł Piotr Wojciech",
    "portuguese": "Beatriz Bruna Carolina Fernanda Inês Larissa Leonor Luísa Mariana Teresa André Bruno "
    "Caio Diogo Gustavo João Nuno Rafael Rui Thiago",
    "romanian": "Andreea Elena Ioana Mihaela Raluca Adrian Bogdan Cristian Mihai Radu",
    "spanish": "Alejandra Beatriz Camila Daniela Elena Gabriela Inés Jimena Lucía Marisol Paloma Rocío "
    "Sofía Valeria Ximena Álvaro Andrés Benjamín Diego Esteban Gonzalo Héctor Ignacio "
    "Joaquín Manuel Mateo Pablo Raúl Rodrigo Tomás",
    "swahili": "Achieng Atieno Furaha Neema Wanjiru Zawadi Baraka Juma Kamau Mwangi Otieno Tumaini",
    "turkish": "Aylin Derya Elif Gizem Melis Pınar Zeynep Barış Cem Emre Kerem Murat Onur Serkan",
    "ukrainian": "Daryna Iryna Kateryna Nadiia Oksana Yuliia Andrii Bohdan Dmytro Mykola Oleh Taras",
    "vietnamese": "Hanh Lan Linh Mai Thao Binh Duc Khanh Minh Tuan",
    "zulu": "Lindiwe Nomsa Nokuthula Thandeka Zanele Bongani Mandla Sibusiso Sipho Themba",
}

_FAMILY = {
    "arabic": "Abboud Amrani Bakri Daher Farouk Ghanem Haddad Hamdan Ibrahim Jaber Kassem Khoury "
    "Mansour Nasser Qasim Rahman Saleh Shaheen Tahir Zaki",
    "azeri": "Babayli Hasanli Huseynli Karimli Mammadli Rzali",
    "bengali": "Ahmed Akter Chowdhury Hossain Islam Karim Miah Rahman Sarkar Uddin",
    "chinese": "Chan Chen Fang Gao Guo He Huang Lim Lin Liu Ng Song Sun Tan Wu Xu Yang Zhao Zheng Zhou",
    "croatian": "Babić Horvat Jurić Knežević Kovačević Marić Perić",
    "czech": "Janů Krejčí Matějů Pavlů Petrů Šimků",
    "dutch": "Bakker Bos Brouwer Dekker Hendriks Kok Mulder Peeters Smit Visser Vos Willems",
    "english": "Abbott Barker Bennett Carter Chapman Clarke Dawson Ellis Fletcher Foster Gibson Hale "
    "Harding Holt Hughes Ingram Jennings Kemp Marsh Mercer Nash Norris Osborne Pearce Quinn "
    "Reed Rowe Saunders Shaw Spencer Tate Thorne Turner Vaughan Walsh Webb Winters",
    "filipino": "Aquino Bautista Castillo Dizon Manalo Navarro Ocampo Pascual Salazar Villanueva",
    "french": "Blanchard Bonnet Chevalier Dubois Fontaine Gauthier Girard Lambert Lefèvre Marchand "
    "Mercier Moreau Perrin Renard Roussel Vidal",
    "german": "Albrecht Bauer Becker Brandt Dietrich Ebert Fischer Friedrich Graf Hartmann Heinrich "
    "Jansen Keller Kuhn Lange Lindner Möller Neumann Otto Pohl Richter Sauer Schröder "
    "Seidel Sommer Vogt Weiß Winter Ziegler",
    "greek": "Alexiou Dimitriou Georgiou Ioannou Nikolaou Petrou Vasiliou",
    "hausa": "Abdullahi Bello Tanko Garba Lawal Shehu Usman Yusuf",
    "hebrew": "Avraham Biton Dayan Friedman Katz Mizrahi Peretz Rosen Shalev",
    "indian": "Agarwal Bhat Chatterjee Deshpande Dutta Gupta Iyer Jain Joshi Kulkarni Kumar Mehta "
    "Menon Mishra Nair Pandey Patel Pillai Rao Reddy Saxena Sen Shah Sharma Singh "
    "Srinivasan Subramanian Thakur Trivedi Varma Verma Yadav",
    "irish": "Brennan Byrne Doyle Farrell Gallagher Keane Lynch Nolan Quigley Sweeney",
    "italian": "Barbieri Bianchi Caruso Conti Costa Esposito Ferrara Gallo Greco Leone Lombardi Marino "
    "Moretti Rinaldi Romano Serra Villa",
    "nepali": "Adhikari Gurung Karki Rai Shrestha Tamang Thapa",
    "nigerian": "Adebayo Adeyemi Afolabi Balogun Chukwu Eze Ibe Nwosu Obi Odukoya Ogunleye Okafor Okeke "
    "Okoro Olatunji Oyelaran Uche Umeh",
    "nordic": "Andersson Berg Dahl Eriksson Hansen Holm Jensen Lindgren Lund Nilsson Sørensen Strand",
    "pakistani": "Ahmad Baig Mirza Chaudhry Iqbal Malik Qureshi Raza Siddiqui",
    "polish": "Kowalczyk Krawczyk Mazur Nowak Pawlak Szymczak Walczak Wieczorek Wójcik Zając Sobczak",
    "portuguese": "Almeida Barbosa Cardoso Carvalho Correia Dias Fonseca Lopes Macedo Martins Moreira "
    "Nogueira Pereira Pinto Ramos Ribeiro Rocha Teixeira Vieira",
    "romanian": "Constantin Dumitru Ionescu Marin Munteanu Popa Stoica",
    "spanish": "Aguilar Álvarez Benítez Cabrera Delgado Domínguez Fernández Flores Gallardo Ibáñez "
    "Jiménez Luna Medina Molina Morales Navarro Ortega Paredes Peña Quiroga Reyes Rojas "
    "Salinas Serrano Suárez Vargas Vega",
    "swahili": "Kariuki Kimani Kiprono Mbeki Mushi Mwakasege Nakato Njoroge Odhiambo Okello Omondi Ssali",
    "turkish": "Aksoy Arslan Aydın Çelik Demir Doğan Kaya Koç Öztürk Polat Şahin Yıldız",
    "ukrainian": "Bondarenko Koval Kravchenko Lysenko Marchenko Moroz Petrenko Savchenko Tkachenko",
    "vietnamese": "Bui Dang Ho Le Ngo Nguyen Pham Tran Vu",
    "zulu": "Dlamini Khumalo Mabaso Mkhize Ndlovu Nkosi Sithole Zungu",
}

POOLS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    pool: (tuple(given.split()), tuple(_FAMILY[pool].split())) for pool, given in _GIVEN.items()
}
"""Given names and family names by pool."""
